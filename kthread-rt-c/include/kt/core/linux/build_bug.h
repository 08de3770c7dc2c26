/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Checks at compile time. */
#ifndef KT_CORE_LINUX_BUILD_BUG_H
#define KT_CORE_LINUX_BUILD_BUG_H

#include <kt/core/linux/version.h>

#ifdef __cplusplus
#define _Static_assert static_assert
#endif
#ifndef static_assert
#if KT_SINCE(5, 1)
#define static_assert(...) __kt_static_assert(__VA_ARGS__, "assertion", 0)
#endif
#endif
#define __kt_static_assert(condition, text, ...) _Static_assert(condition, text)
#define BUILD_BUG_ON(condition) ((void)sizeof(char[1 - 2 * !!(condition)]))
#define BUILD_BUG_ON_MSG(condition, text) BUILD_BUG_ON(condition)
#define BUILD_BUG_ON_ZERO(condition) ((int)(sizeof(char[1 - 2 * !!(condition)]) - 1))
#define BUILD_BUG_ON_NOT_POWER_OF_2(n) BUILD_BUG_ON((n) == 0 || ((n) & ((n) - 1)) != 0)
#define BUILD_BUG() BUILD_BUG_ON(1)

#endif

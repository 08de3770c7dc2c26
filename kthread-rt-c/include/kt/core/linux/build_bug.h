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

/*
 * Checks a file's mode: the owner has all of the group's rights, the group may read if others may,
 * and others may not write.
 */
#if KT_SINCE(3, 15)
#define __kt_group_only(perms, bit) (((perms) >> 3 & (bit)) && !((perms) >> 6 & (bit)))
#define VERIFY_OCTAL_PERMISSIONS(perms) \
	(BUILD_BUG_ON_ZERO((perms) < 0 || (perms) > 0777 || __kt_group_only(perms, 4) || __kt_group_only(perms, 2) || \
			   (((perms) & 4) && !((perms) >> 3 & 4)) || ((perms) & 2)) + \
	 (perms))
#else
#define VERIFY_OCTAL_PERMISSIONS(perms) (perms)
#endif

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* NULL, offsetof and relatives. */
#ifndef KT_CORE_LINUX_STDDEF_H
#define KT_CORE_LINUX_STDDEF_H

#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

#if KT_SINCE(4, 16)
#define sizeof_field(type, member) sizeof(((type *)0)->member)
#endif
#define offsetofend(type, member) (offsetof(type, member) + sizeof(((type *)0)->member))

#endif

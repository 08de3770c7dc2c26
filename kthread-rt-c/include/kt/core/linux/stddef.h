/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* NULL, offsetof and relatives. */
#ifndef KT_CORE_LINUX_STDDEF_H
#define KT_CORE_LINUX_STDDEF_H

#include <kt/core/linux/types.h>

#define sizeof_field(type, member) sizeof(((type *)0)->member)
#define offsetofend(type, member) (offsetof(type, member) + sizeof_field(type, member))

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_STDDEF_H
#define KT_UAPI_LINUX_STDDEF_H

#include <kt/core/linux/stddef.h>

/* What a kernel's uapi/linux/stddef.h brings along. */
#include <linux/compiler_types.h>

#endif

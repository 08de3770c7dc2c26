/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_TYPES_H
#define KT_UAPI_LINUX_TYPES_H

#include <kt/core/linux/types.h>

/* What a kernel's uapi/linux/types.h brings along. */
#include <asm-generic/posix_types.h>
#include <asm/types.h>
#include <linux/stddef.h>

#endif

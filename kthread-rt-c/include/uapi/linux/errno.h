/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_ERRNO_H
#define KT_UAPI_LINUX_ERRNO_H

#include <kt/core/linux/errno.h>

/* What a kernel's uapi/linux/errno.h brings along. */
#include <asm/errno.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_FCNTL_H
#define KT_UAPI_LINUX_FCNTL_H

#include <kt/core/linux/fcntl.h>

/* What a kernel's uapi/linux/fcntl.h brings along. */
#include <asm/fcntl.h>

#endif

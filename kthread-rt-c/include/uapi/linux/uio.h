/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_UIO_H
#define KT_UAPI_LINUX_UIO_H

#include <kt/core/linux/uio.h>

/* What a kernel's uapi/linux/uio.h brings along. */
#include <linux/compiler.h>

#endif

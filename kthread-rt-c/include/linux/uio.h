/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_UIO_H
#define KT_LINUX_UIO_H

#include <kt/core/linux/uio.h>

/* What a kernel's linux/uio.h brings along. */
#include <linux/mm_types.h>
#include <uapi/linux/uio.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_FS_H
#define KT_UAPI_LINUX_FS_H

#include <kt/core/linux/fs.h>

/* What a kernel's uapi/linux/fs.h brings along. */
#include <linux/ioctl.h>
#include <linux/limits.h>

#endif

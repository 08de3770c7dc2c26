/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_MOUNT_H
#define KT_UAPI_LINUX_MOUNT_H

#include <kt/core/linux/path.h>

/* What a kernel's uapi/linux/mount.h brings along. */
#include <linux/types.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_MOUNT_H
#define KT_LINUX_MOUNT_H

#include <kt/core/linux/path.h>

/* What a kernel's linux/mount.h brings along. */
#include <asm/barrier.h>

#endif

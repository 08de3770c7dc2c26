/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_IOCTL_H
#define KT_LINUX_IOCTL_H

#include <kt/core/linux/ioctl.h>

/* What a kernel's linux/ioctl.h brings along. */
#include <asm/ioctl.h>

#endif

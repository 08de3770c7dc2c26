/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_GENERIC_IOCTL_H
#define KT_ASM_GENERIC_IOCTL_H

#include <kt/core/linux/ioctl.h>

/* What a kernel's asm-generic/ioctl.h brings along. */
#include <uapi/asm-generic/ioctl.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See linux/ioctl.h. */
#ifndef KT_ASM_GENERIC_IOCTL_H
#define KT_ASM_GENERIC_IOCTL_H

#include <linux/ioctl.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_ASM_IOCTL_H
#define KT_UAPI_ASM_IOCTL_H

#include <kt/core/linux/ioctl.h>

#endif

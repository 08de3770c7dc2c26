/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_ASM_MSR_H
#define KT_UAPI_ASM_MSR_H

#include <kt/core/asm/tsc.h>

/* What a kernel's uapi/asm/msr.h brings along. */
#include <linux/ioctl.h>
#include <linux/types.h>

#endif

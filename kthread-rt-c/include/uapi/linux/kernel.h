/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_KERNEL_H
#define KT_UAPI_LINUX_KERNEL_H

#include <kt/core/linux/kernel.h>

/* What a kernel's uapi/linux/kernel.h brings along. */
#include <linux/sysinfo.h>

#endif

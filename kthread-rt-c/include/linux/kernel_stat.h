/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_KERNEL_STAT_H
#define KT_LINUX_KERNEL_STAT_H

#include <kt/core/linux/kernel_stat.h>

/* What a kernel's linux/kernel_stat.h brings along. */
#include <linux/interrupt.h>

#endif

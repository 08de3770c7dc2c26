/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_BITOPS_H
#define KT_LINUX_BITOPS_H

#include <kt/core/linux/bitops.h>

/* What a kernel's linux/bitops.h brings along. */
#include <asm/barrier.h>
#include <linux/sysinfo.h>

#endif

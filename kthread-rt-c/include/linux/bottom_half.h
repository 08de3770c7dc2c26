/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_BOTTOM_HALF_H
#define KT_LINUX_BOTTOM_HALF_H

#include <kt/core/linux/bottom_half.h>

/* What a kernel's linux/bottom_half.h brings along. */
#include <linux/preempt.h>

#endif

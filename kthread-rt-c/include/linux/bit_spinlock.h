/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_BIT_SPINLOCK_H
#define KT_LINUX_BIT_SPINLOCK_H

#include <kt/core/linux/bit_spinlock.h>

/* What a kernel's linux/bit_spinlock.h brings along. */
#include <linux/preempt.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SPINLOCK_TYPES_RAW_H
#define KT_LINUX_SPINLOCK_TYPES_RAW_H

#include <kt/core/linux/spinlock_types.h>

/* What a kernel's linux/spinlock_types_raw.h brings along. */
#include <asm-generic/qspinlock_types.h>
#include <asm/byteorder.h>
#include <linux/lockdep_types.h>

#endif

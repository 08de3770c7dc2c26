/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SPINLOCK_TYPES_H
#define KT_LINUX_SPINLOCK_TYPES_H

#include <kt/core/linux/spinlock_types.h>

/* What a kernel's linux/spinlock_types.h brings along. */
#include <linux/rwlock_types.h>
#include <linux/spinlock_types_raw.h>

#endif

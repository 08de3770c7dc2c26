/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_MUTEX_TYPES_H
#define KT_LINUX_MUTEX_TYPES_H

#include <kt/core/linux/mutex.h>

/* What a kernel's linux/mutex_types.h brings along. */
#include <linux/atomic.h>
#include <linux/spinlock_types.h>

#endif

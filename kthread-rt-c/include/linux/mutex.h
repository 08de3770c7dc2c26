/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_MUTEX_H
#define KT_LINUX_MUTEX_H

#include <kt/core/linux/mutex.h>

/* What a kernel's linux/mutex.h brings along. */
#include <linux/debug_locks.h>
#include <linux/lockdep.h>
#include <linux/spinlock_types.h>

#endif

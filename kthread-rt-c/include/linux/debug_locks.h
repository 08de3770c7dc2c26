/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_DEBUG_LOCKS_H
#define KT_LINUX_DEBUG_LOCKS_H

#include <kt/core/linux/lockdep.h>

/* What a kernel's linux/debug_locks.h brings along. */
#include <linux/atomic.h>
#include <linux/cache.h>

#endif

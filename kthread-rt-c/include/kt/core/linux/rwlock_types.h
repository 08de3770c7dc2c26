/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The word of a reader-writer spinlock, 0 when unlocked. */
#ifndef KT_CORE_LINUX_RWLOCK_TYPES_H
#define KT_CORE_LINUX_RWLOCK_TYPES_H

#include <kt/core/linux/types.h>

typedef struct kt_rwlock {
	u32 word;
} rwlock_t;

#define __RW_LOCK_UNLOCKED(name) { 0 }
#define DEFINE_RWLOCK(name) rwlock_t name = __RW_LOCK_UNLOCKED(name)
/* The name before 2.6.39. */
#define RW_LOCK_UNLOCKED ((rwlock_t)__RW_LOCK_UNLOCKED(0))

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The lock word: 32 bits, 0 when unlocked. */
#ifndef KT_CORE_LINUX_SPINLOCK_TYPES_H
#define KT_CORE_LINUX_SPINLOCK_TYPES_H

#include <kt/core/linux/rwlock_types.h>
#include <kt/core/linux/types.h>

typedef struct spinlock {
	u32 word;
} spinlock_t;
typedef spinlock_t raw_spinlock_t;
typedef spinlock_t arch_spinlock_t;

#define __SPIN_LOCK_UNLOCKED(name) { 0 }
#define __RAW_SPIN_LOCK_UNLOCKED(name) { 0 }
#define __ARCH_SPIN_LOCK_UNLOCKED { 0 }
#define DEFINE_SPINLOCK(name) spinlock_t name = __SPIN_LOCK_UNLOCKED(name)
#define DEFINE_RAW_SPINLOCK(name) raw_spinlock_t name = __RAW_SPIN_LOCK_UNLOCKED(name)
/* The name before 2.6.39. */
#define SPIN_LOCK_UNLOCKED ((spinlock_t)__SPIN_LOCK_UNLOCKED(0))

#endif

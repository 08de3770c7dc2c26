/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Counting semaphores. */
#ifndef KT_CORE_LINUX_SEMAPHORE_H
#define KT_CORE_LINUX_SEMAPHORE_H

#include <kt/core/asm/current.h>
#include <kt/core/linux/list.h>
#include <kt/core/linux/spinlock_types.h>
#include <kt/core/linux/version.h>

struct semaphore {
	unsigned int count;
	unsigned int kt_waiters; /* the upper half of the runtime's word */
	raw_spinlock_t lock;
	struct list_head wait_list;
};

#define __SEMAPHORE_INITIALIZER(name, n) \
	{ (unsigned int)(n), 0, __RAW_SPIN_LOCK_UNLOCKED(0), { &(name).wait_list, &(name).wait_list } }
#if KT_SINCE(6, 4)
#define DEFINE_SEMAPHORE(name, n) struct semaphore name = __SEMAPHORE_INITIALIZER(name, n)
#else
#define DEFINE_SEMAPHORE(name) struct semaphore name = __SEMAPHORE_INITIALIZER(name, 1)
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(2, 6, 37)
#define DECLARE_MUTEX(name) struct semaphore name = __SEMAPHORE_INITIALIZER(name, 1)
#define init_MUTEX(sem) sema_init(sem, 1)
#define init_MUTEX_LOCKED(sem) sema_init(sem, 0)
#endif

KT_BEGIN
void down(struct semaphore *sem);
int down_interruptible(struct semaphore *sem);
int down_killable(struct semaphore *sem);
int down_trylock(struct semaphore *sem); /* 0 if it took one, 1 if not */
int down_timeout(struct semaphore *sem, long jiffies_);
void up(struct semaphore *sem);
KT_END

static inline void sema_init(struct semaphore *sem, int val)
{
	struct semaphore fresh = __SEMAPHORE_INITIALIZER(*sem, val);

	kt_initialises(sem, sizeof(*sem), "sema_init");
	*sem = fresh;
}

/* Records the caller's place. */
#define down_interruptible(...) down_interruptible(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define down_killable(...) down_killable(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define down_timeout(...) down_timeout(__VA_OPT__(__kt_here(__VA_ARGS__)))

#endif

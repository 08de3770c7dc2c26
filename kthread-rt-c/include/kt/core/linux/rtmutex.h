/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Mutexes with priority inheritance. */
#ifndef KT_CORE_LINUX_RTMUTEX_H
#define KT_CORE_LINUX_RTMUTEX_H

#include <kt/core/asm/current.h>
#include <kt/core/linux/compiler.h>
#include <kt/core/linux/list.h>
#include <kt/core/linux/lockdep.h>
#include <kt/core/linux/types.h>

struct task_struct;

/* The owner's task, with bit 0 set if there are waiters. */
struct rt_mutex_base {
	struct list_head waiters;
	struct task_struct *kt_holder;
	struct task_struct *owner;
};

struct rt_mutex {
	struct rt_mutex_base rtmutex;
};

#define __RT_MUTEX_BASE_INITIALIZER(name) { LIST_HEAD_INIT((name).waiters), 0, 0 }
#define __RT_MUTEX_INITIALIZER(name) { __RT_MUTEX_BASE_INITIALIZER((name).rtmutex) }
#define DEFINE_RT_MUTEX(name) struct rt_mutex name = __RT_MUTEX_INITIALIZER(name)

KT_BEGIN
void rt_mutex_lock(struct rt_mutex *lock);
int rt_mutex_lock_interruptible(struct rt_mutex *lock);
int rt_mutex_lock_killable(struct rt_mutex *lock);
int rt_mutex_trylock(struct rt_mutex *lock);
void rt_mutex_unlock(struct rt_mutex *lock);
void rt_mutex_destroy(struct rt_mutex *lock) __asm__("kt_rt_mutex_destroy");
KT_END

static inline bool rt_mutex_base_is_locked(struct rt_mutex_base *lock)
{
	return READ_ONCE(lock->owner) != 0;
}

static inline void rt_mutex_base_init(struct rt_mutex_base *lock)
{
	struct rt_mutex_base fresh = __RT_MUTEX_BASE_INITIALIZER(*lock);

	*lock = fresh;
}

static inline void __rt_mutex_init(struct rt_mutex *lock, const char *name, struct lock_class_key *key)
{
	kt_initialises(lock, sizeof(*lock), "rt_mutex_init");
	rt_mutex_base_init(&lock->rtmutex);
	if (key)
		kt_lock_class(lock, key, name, 0);
}

/* Each place of an initialisation is a lock class. */
#define rt_mutex_init(lock) \
	do { \
		static struct lock_class_key kt_key; \
		__rt_mutex_init((lock), #lock, &kt_key); \
	} while (0)

/* Before 5.15. */

static inline bool rt_mutex_is_locked(struct rt_mutex *lock)
{
	return rt_mutex_base_is_locked(&lock->rtmutex);
}

static inline void rt_mutex_debug_task_free(struct task_struct *task)
{
	(void)task;
}

/* Annotations for the lock validator, before the lock is taken. */
#define rt_mutex_lock_nested(lock, subclass) (kt_lock_next(subclass, 0), rt_mutex_lock(lock))
#define rt_mutex_lock_nest_lock(lock, outer) (kt_lock_next(0, outer), rt_mutex_lock(lock))

static inline void _rt_mutex_lock_nest_lock(struct rt_mutex *lock, struct lockdep_map *outer)
{
	kt_lock_next(0, outer);
	rt_mutex_lock(lock);
}

/* Records the caller's place. */
#define rt_mutex_lock(...) rt_mutex_lock(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define rt_mutex_lock_interruptible(...) rt_mutex_lock_interruptible(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define rt_mutex_lock_killable(...) rt_mutex_lock_killable(__VA_OPT__(__kt_here(__VA_ARGS__)))

#endif

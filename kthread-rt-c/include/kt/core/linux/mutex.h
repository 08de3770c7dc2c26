/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Mutexes: locks that only their owner may release. */
#ifndef KT_CORE_LINUX_MUTEX_H
#define KT_CORE_LINUX_MUTEX_H

#include <kt/core/asm/current.h>
#include <kt/core/linux/atomic.h>
#include <kt/core/linux/cleanup.h>
#include <kt/core/linux/list.h>
#include <kt/core/linux/lockdep.h>
#include <kt/core/linux/spinlock_types.h>
#include <kt/core/linux/version.h>

/* The owner's task, with bit 0 set if there are waiters. */
struct mutex {
	atomic_long_t owner;
	raw_spinlock_t wait_lock;
	struct list_head wait_list;
};

#define __MUTEX_INITIALIZER(name) { ATOMIC_LONG_INIT(0), __RAW_SPIN_LOCK_UNLOCKED(0), { &(name).wait_list, &(name).wait_list } }
#define DEFINE_MUTEX(name) struct mutex name = __MUTEX_INITIALIZER(name)

KT_BEGIN
void mutex_lock(struct mutex *lock);
int mutex_lock_interruptible(struct mutex *lock);
int mutex_lock_killable(struct mutex *lock);
int mutex_trylock(struct mutex *lock);
void mutex_unlock(struct mutex *lock);
bool mutex_is_locked(struct mutex *lock);
void mutex_destroy(struct mutex *lock);
int atomic_dec_and_mutex_lock(atomic_t *count, struct mutex *lock);
KT_END

static inline void __mutex_init(struct mutex *lock, const char *name, struct lock_class_key *key)
{
	struct mutex fresh = __MUTEX_INITIALIZER(*lock);

	kt_initialises(lock, sizeof(*lock), "mutex_init");
	*lock = fresh;
	if (key)
		kt_lock_class(lock, key, name, 0);
}

/* Each place of an initialisation is a lock class. */
#define mutex_init(lock) \
	do { \
		static struct lock_class_key kt_key; \
		__mutex_init((lock), #lock, &kt_key); \
	} while (0)

/* Annotations for the lock validator, before the lock is taken. */
#define mutex_lock_nested(lock, subclass) (kt_lock_next(subclass, 0), mutex_lock(lock))
#define mutex_lock_nest_lock(lock, outer) (kt_lock_next(0, outer), mutex_lock(lock))
#define mutex_lock_interruptible_nested(lock, subclass) (kt_lock_next(subclass, 0), mutex_lock_interruptible(lock))
#define mutex_lock_killable_nested(lock, subclass) (kt_lock_next(subclass, 0), mutex_lock_killable(lock))
#if KT_SINCE(4, 11)
#define mutex_lock_io mutex_lock
#endif
#define mutex_lock_io_nested(lock, subclass) mutex_lock_nested(lock, subclass)

/* Records the caller's place. */
#define mutex_lock(...) mutex_lock(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define mutex_lock_interruptible(...) mutex_lock_interruptible(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define mutex_lock_killable(...) mutex_lock_killable(__VA_OPT__(__kt_here(__VA_ARGS__)))

/*
 * A guard, or a variable with this clean-up, unlocks at the end of the scope. The guard records the
 * place.
 */
DEFINE_GUARD(mutex, struct mutex *, (mutex_lock)(_T), mutex_unlock(_T))
DEFINE_GUARD_COND(mutex, _try, mutex_trylock(_T))
DEFINE_GUARD_COND(mutex, _intr, (mutex_lock_interruptible)(_T) == 0)
DEFINE_FREE(mutex, struct mutex *, if (_T) mutex_unlock(_T))

#endif

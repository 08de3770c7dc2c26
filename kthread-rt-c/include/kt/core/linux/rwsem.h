/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A sleeping lock for one writer or many readers. */
#ifndef KT_CORE_LINUX_RWSEM_H
#define KT_CORE_LINUX_RWSEM_H

#include <kt/core/asm/current.h>
#include <kt/core/linux/atomic.h>
#include <kt/core/linux/cleanup.h>
#include <kt/core/linux/list.h>
#include <kt/core/linux/lockdep.h>
#include <kt/core/linux/spinlock_types.h>
#include <kt/core/linux/version.h>

struct rw_semaphore {
	atomic_long_t count;
	atomic_long_t owner;
	raw_spinlock_t wait_lock;
	struct list_head wait_list;
};

#define __RWSEM_INITIALIZER(name) \
	{ ATOMIC_LONG_INIT(0), ATOMIC_LONG_INIT(0), __RAW_SPIN_LOCK_UNLOCKED(0), { &(name).wait_list, &(name).wait_list } }
#define DECLARE_RWSEM(name) struct rw_semaphore name = __RWSEM_INITIALIZER(name)

KT_BEGIN
void down_read(struct rw_semaphore *sem);
#if KT_SINCE(5, 11)
int down_read_interruptible(struct rw_semaphore *sem);
#endif
#if KT_SINCE(4, 15)
int down_read_killable(struct rw_semaphore *sem);
#endif
int down_read_trylock(struct rw_semaphore *sem);
void down_write(struct rw_semaphore *sem);
#if KT_SINCE(4, 7)
int down_write_killable(struct rw_semaphore *sem);
#endif
int down_write_trylock(struct rw_semaphore *sem);
void up_read(struct rw_semaphore *sem);
void up_write(struct rw_semaphore *sem);
void downgrade_write(struct rw_semaphore *sem);
int kt_rwsem_is_contended(const struct rw_semaphore *sem);
KT_END

static inline void __init_rwsem(struct rw_semaphore *sem, const char *name, struct lock_class_key *key)
{
	struct rw_semaphore fresh = __RWSEM_INITIALIZER(*sem);

	kt_initialises(sem, sizeof(*sem), "init_rwsem");
	*sem = fresh;
	if (key)
		kt_lock_class(sem, key, name, 0);
}

/* Each place of an initialisation is a lock class. */
#define init_rwsem(sem) \
	do { \
		static struct lock_class_key kt_key; \
		__init_rwsem((sem), #sem, &kt_key); \
	} while (0)

static inline int rwsem_is_locked(const struct rw_semaphore *sem)
{
	return atomic_long_read(&sem->count) != 0;
}

static inline int rwsem_is_contended(const struct rw_semaphore *sem)
{
	return kt_rwsem_is_contended(sem);
}

/* Annotations for the lock validator, before the lock is taken or released. */
#define down_read_nested(sem, subclass) (kt_lock_next(subclass, 0), down_read(sem))
#if KT_SINCE(4, 15)
#define down_read_killable_nested(sem, subclass) (kt_lock_next(subclass, 0), down_read_killable(sem))
#endif
#define down_write_nested(sem, subclass) (kt_lock_next(subclass, 0), down_write(sem))
#if KT_SINCE(4, 7)
#define down_write_killable_nested(sem, subclass) (kt_lock_next(subclass, 0), down_write_killable(sem))
#endif
#define down_write_nest_lock(sem, outer) (kt_lock_next(0, outer), down_write(sem))
#define down_read_non_owner(sem) (kt_lock_next_non_owner(), down_read(sem))
#define up_read_non_owner(sem) (kt_lock_next_non_owner(), up_read(sem))

/* Records the caller's place. */
#define down_read(...) down_read(__VA_OPT__(__kt_here(__VA_ARGS__)))
#if KT_SINCE(5, 11)
#define down_read_interruptible(...) down_read_interruptible(__VA_OPT__(__kt_here(__VA_ARGS__)))
#endif
#if KT_SINCE(4, 15)
#define down_read_killable(...) down_read_killable(__VA_OPT__(__kt_here(__VA_ARGS__)))
#endif
#define down_write(...) down_write(__VA_OPT__(__kt_here(__VA_ARGS__)))
#if KT_SINCE(4, 7)
#define down_write_killable(...) down_write_killable(__VA_OPT__(__kt_here(__VA_ARGS__)))
#endif

DEFINE_GUARD(rwsem_read, struct rw_semaphore *, (down_read)(_T), up_read(_T))
DEFINE_GUARD_COND(rwsem_read, _try, down_read_trylock(_T))
#if KT_SINCE(5, 11)
DEFINE_GUARD_COND(rwsem_read, _intr, (down_read_interruptible)(_T) == 0)
#endif
DEFINE_GUARD(rwsem_write, struct rw_semaphore *, (down_write)(_T), up_write(_T))
DEFINE_GUARD_COND(rwsem_write, _try, down_write_trylock(_T))
#if KT_SINCE(4, 7)
DEFINE_GUARD_COND(rwsem_write, _kill, (down_write_killable)(_T) == 0)
#endif
DEFINE_FREE(up_read, struct rw_semaphore *, if (_T) up_read(_T))
DEFINE_FREE(up_write, struct rw_semaphore *, if (_T) up_write(_T))

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * A lock for many readers, which are counted per cpu, and rare writers, which wait for all of them.
 */
#ifndef KT_CORE_LINUX_PERCPU_RWSEM_H
#define KT_CORE_LINUX_PERCPU_RWSEM_H

#include <kt/core/asm/current.h>
#include <kt/core/linux/cleanup.h>
#include <kt/core/linux/lockdep.h>
#include <kt/core/linux/percpu.h>
#include <kt/core/linux/types.h>

struct lock_class_key;

/* Contains the readers' counts. All zeroes means unlocked. */
struct percpu_rw_semaphore {
	u64 kt_lock[133];
};

#define __DEFINE_PERCPU_RWSEM(name, is_static) is_static struct percpu_rw_semaphore name = { { 0 } }
#define DEFINE_PERCPU_RWSEM(name) __DEFINE_PERCPU_RWSEM(name, )
#define DEFINE_STATIC_PERCPU_RWSEM(name) __DEFINE_PERCPU_RWSEM(name, static)

KT_BEGIN
int __percpu_init_rwsem(struct percpu_rw_semaphore *sem, const char *name, struct lock_class_key *key);
/* Only after this may its memory be freed. */
void percpu_free_rwsem(struct percpu_rw_semaphore *sem);
void percpu_down_read(struct percpu_rw_semaphore *sem);
bool percpu_down_read_trylock(struct percpu_rw_semaphore *sem);
void percpu_up_read(struct percpu_rw_semaphore *sem);
void percpu_down_write(struct percpu_rw_semaphore *sem);
void percpu_up_write(struct percpu_rw_semaphore *sem);
bool percpu_is_read_locked(struct percpu_rw_semaphore *sem);
bool percpu_is_write_locked(struct percpu_rw_semaphore *sem);
void kt_percpu_rwsem_release(struct percpu_rw_semaphore *sem, bool read);
void kt_percpu_rwsem_acquire(struct percpu_rw_semaphore *sem, bool read);
KT_END

#define percpu_init_rwsem(sem) \
	({ \
		static struct lock_class_key kt_key; \
		__percpu_init_rwsem((sem), #sem, &kt_key); \
	})
#define percpu_rwsem_is_held(sem) lockdep_is_held(sem)
#define percpu_rwsem_assert_held(sem) lockdep_assert_held(sem)

/*
 * Annotations for the lock validator, which have an effect here: a writer hands its lock over to
 * another task, which takes it over before it unlocks. (Otherwise, the task that locked has to
 * unlock.) Readers are not tracked.
 */
static inline void percpu_rwsem_release(struct percpu_rw_semaphore *sem, bool read, unsigned long ip)
{
	(void)ip;
	kt_percpu_rwsem_release(sem, read);
}

static inline void percpu_rwsem_acquire(struct percpu_rw_semaphore *sem, bool read, unsigned long ip)
{
	(void)ip;
	kt_percpu_rwsem_acquire(sem, read);
}

/* Records the caller's place. */
#define percpu_down_read(...) percpu_down_read(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define percpu_down_write(...) percpu_down_write(__VA_OPT__(__kt_here(__VA_ARGS__)))

DEFINE_GUARD(percpu_read, struct percpu_rw_semaphore *, (percpu_down_read)(_T), percpu_up_read(_T))
DEFINE_GUARD_COND(percpu_read, _try, percpu_down_read_trylock(_T))
DEFINE_GUARD(percpu_write, struct percpu_rw_semaphore *, (percpu_down_write)(_T), percpu_up_write(_T))

#endif

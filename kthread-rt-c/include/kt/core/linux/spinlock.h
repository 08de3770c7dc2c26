/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Spinlocks and reader-writer spinlocks. A waiter spins for a short time, then sleeps. */
#ifndef KT_CORE_LINUX_SPINLOCK_H
#define KT_CORE_LINUX_SPINLOCK_H

#include <kt/core/asm/barrier.h>
#include <kt/core/asm/processor.h>
#include <kt/core/linux/atomic.h>
#include <kt/core/linux/bottom_half.h>
#include <kt/core/linux/cleanup.h>
#include <kt/core/linux/irqflags.h>
#include <kt/core/linux/lockdep.h>
#include <kt/core/linux/preempt.h>
#include <kt/core/linux/spinlock_types.h>

KT_BEGIN
void _raw_spin_lock(raw_spinlock_t *lock);
int _raw_spin_trylock(raw_spinlock_t *lock);
void _raw_spin_unlock(raw_spinlock_t *lock);
void _raw_read_lock(rwlock_t *lock);
int _raw_read_trylock(rwlock_t *lock);
void _raw_read_unlock(rwlock_t *lock);
void _raw_write_lock(rwlock_t *lock);
int _raw_write_trylock(rwlock_t *lock);
void _raw_write_unlock(rwlock_t *lock);
KT_END

static inline void spin_lock(spinlock_t *lock)
{
	_raw_spin_lock(lock);
}

static inline void spin_unlock(spinlock_t *lock)
{
	_raw_spin_unlock(lock);
}

static inline int spin_trylock(spinlock_t *lock)
{
	return _raw_spin_trylock(lock);
}

static inline void spin_lock_irq(spinlock_t *lock)
{
	local_irq_disable();
	_raw_spin_lock(lock);
}

static inline void spin_unlock_irq(spinlock_t *lock)
{
	_raw_spin_unlock(lock);
	local_irq_enable();
}

#define spin_lock_irqsave(lock, flags) (local_irq_save(flags), _raw_spin_lock(lock))

static inline void spin_unlock_irqrestore(spinlock_t *lock, unsigned long flags)
{
	_raw_spin_unlock(lock);
	local_irq_restore(flags);
}

static inline void spin_lock_bh(spinlock_t *lock)
{
	local_bh_disable();
	_raw_spin_lock(lock);
}

static inline void spin_unlock_bh(spinlock_t *lock)
{
	_raw_spin_unlock(lock);
	local_bh_enable();
}

#define spin_trylock_irqsave(lock, flags) \
	({ \
		local_irq_save(flags); \
		_raw_spin_trylock(lock) ? 1 : ({ local_irq_restore(flags); 0; }); \
	})

static inline int spin_trylock_irq(spinlock_t *lock)
{
	local_irq_disable();
	if (_raw_spin_trylock(lock))
		return 1;
	local_irq_enable();
	return 0;
}

static inline int spin_trylock_bh(spinlock_t *lock)
{
	local_bh_disable();
	if (_raw_spin_trylock(lock))
		return 1;
	local_bh_enable();
	return 0;
}

#define raw_spin_lock(lock) _raw_spin_lock(lock)
#define raw_spin_unlock(lock) _raw_spin_unlock(lock)
#define raw_spin_trylock(lock) _raw_spin_trylock(lock)
#define raw_spin_lock_irq(lock) (local_irq_disable(), _raw_spin_lock(lock))
#define raw_spin_unlock_irq(lock) (_raw_spin_unlock(lock), local_irq_enable())
#define raw_spin_lock_irqsave(lock, flags) (local_irq_save(flags), _raw_spin_lock(lock))
#define raw_spin_unlock_irqrestore(lock, flags) (_raw_spin_unlock(lock), local_irq_restore(flags))
#define raw_spin_lock_bh(lock) (local_bh_disable(), _raw_spin_lock(lock))
#define raw_spin_unlock_bh(lock) (_raw_spin_unlock(lock), local_bh_enable())
#define raw_spin_trylock_irqsave(lock, flags) \
	({ \
		local_irq_save(flags); \
		_raw_spin_trylock(lock) ? 1 : ({ local_irq_restore(flags); 0; }); \
	})
#define raw_spin_trylock_irq(lock) \
	({ \
		local_irq_disable(); \
		_raw_spin_trylock(lock) ? 1 : ({ local_irq_enable(); 0; }); \
	})
#define raw_spin_trylock_bh(lock) \
	({ \
		local_bh_disable(); \
		_raw_spin_trylock(lock) ? 1 : ({ local_bh_enable(); 0; }); \
	})

#define read_lock(lock) _raw_read_lock(lock)
#define read_unlock(lock) _raw_read_unlock(lock)
#define read_trylock(lock) _raw_read_trylock(lock)
#define read_lock_irq(lock) (local_irq_disable(), _raw_read_lock(lock))
#define read_unlock_irq(lock) (_raw_read_unlock(lock), local_irq_enable())
#define read_lock_irqsave(lock, flags) (local_irq_save(flags), _raw_read_lock(lock))
#define read_unlock_irqrestore(lock, flags) (_raw_read_unlock(lock), local_irq_restore(flags))
#define read_lock_bh(lock) (local_bh_disable(), _raw_read_lock(lock))
#define read_unlock_bh(lock) (_raw_read_unlock(lock), local_bh_enable())
#define read_trylock_irqsave(lock, flags) \
	({ \
		local_irq_save(flags); \
		_raw_read_trylock(lock) ? 1 : ({ local_irq_restore(flags); 0; }); \
	})

static inline int read_trylock_irq(rwlock_t *lock)
{
	local_irq_disable();
	if (_raw_read_trylock(lock))
		return 1;
	local_irq_enable();
	return 0;
}

static inline int read_trylock_bh(rwlock_t *lock)
{
	local_bh_disable();
	if (_raw_read_trylock(lock))
		return 1;
	local_bh_enable();
	return 0;
}

#define write_lock(lock) _raw_write_lock(lock)
#define write_unlock(lock) _raw_write_unlock(lock)
#define write_trylock(lock) _raw_write_trylock(lock)
#define write_lock_irq(lock) (local_irq_disable(), _raw_write_lock(lock))
#define write_unlock_irq(lock) (_raw_write_unlock(lock), local_irq_enable())
#define write_lock_irqsave(lock, flags) (local_irq_save(flags), _raw_write_lock(lock))
#define write_unlock_irqrestore(lock, flags) (_raw_write_unlock(lock), local_irq_restore(flags))
#define write_lock_bh(lock) (local_bh_disable(), _raw_write_lock(lock))
#define write_unlock_bh(lock) (_raw_write_unlock(lock), local_bh_enable())
#define write_trylock_irqsave(lock, flags) \
	({ \
		local_irq_save(flags); \
		_raw_write_trylock(lock) ? 1 : ({ local_irq_restore(flags); 0; }); \
	})

static inline int write_trylock_irq(rwlock_t *lock)
{
	local_irq_disable();
	if (_raw_write_trylock(lock))
		return 1;
	local_irq_enable();
	return 0;
}

static inline int write_trylock_bh(rwlock_t *lock)
{
	local_bh_disable();
	if (_raw_write_trylock(lock))
		return 1;
	local_bh_enable();
	return 0;
}

/* Annotations for the lock validator, before the lock is taken. */
#define spin_lock_nested(lock, subclass) (kt_lock_next(subclass, 0), spin_lock(lock))
#define spin_lock_nest_lock(lock, outer) (kt_lock_next(0, outer), spin_lock(lock))

static inline void spin_lock_bh_nested(spinlock_t *lock, int subclass)
{
	kt_lock_next((unsigned int)subclass, 0);
	spin_lock_bh(lock);
}

#define spin_lock_irqsave_nested(lock, flags, subclass) (kt_lock_next(subclass, 0), spin_lock_irqsave(lock, flags))
#define raw_spin_lock_nested(lock, subclass) (kt_lock_next(subclass, 0), raw_spin_lock(lock))
#define raw_spin_lock_irqsave_nested(lock, flags, subclass) \
	(kt_lock_next(subclass, 0), raw_spin_lock_irqsave(lock, flags))
#define write_lock_nested(lock, subclass) (kt_lock_next(subclass, 0), write_lock(lock))

static inline void kt_spin_lock_init(spinlock_t *lock, const struct lock_class_key *key, const char *name)
{
	lock->word = 0;
	kt_lock_class(lock, key, name, 0);
}

/* Each place of an initialisation is a lock class. */
#define spin_lock_init(lock) \
	do { \
		static struct lock_class_key kt_key; \
		kt_spin_lock_init((lock), &kt_key, #lock); \
	} while (0)
#define raw_spin_lock_init(lock) spin_lock_init(lock)

static inline void kt_rwlock_init(rwlock_t *lock, const struct lock_class_key *key, const char *name)
{
	lock->word = 0;
	kt_lock_class(lock, key, name, 0);
}

#define rwlock_init(lock) \
	do { \
		static struct lock_class_key kt_key; \
		kt_rwlock_init((lock), &kt_key, #lock); \
	} while (0)

static inline int spin_is_locked(const spinlock_t *lock)
{
	return __atomic_load_n(&lock->word, __ATOMIC_RELAXED) != 0;
}

/* 2: a waiter may sleep on the word (kthread-rt, src/sync/real/spin.rs). */
static inline int spin_is_contended(const spinlock_t *lock)
{
	return __atomic_load_n(&lock->word, __ATOMIC_RELAXED) == 2;
}

#define raw_spin_is_locked(lock) spin_is_locked(lock)
#define raw_spin_is_contended(lock) spin_is_contended(lock)
#define spin_needbreak spin_is_contended

static inline int spin_can_lock(spinlock_t *lock)
{
	return !spin_is_locked(lock);
}

#define assert_spin_locked(lock) BUG_ON(!spin_is_locked(lock))
#define assert_raw_spin_locked(lock) assert_spin_locked(lock)

static inline void spin_unlock_wait(spinlock_t *lock)
{
	spin_lock(lock);
	spin_unlock(lock);
}

/* The bits that mean holders; the other bits mean waiters (src/rwlock). */
static inline int rwlock_is_locked(const rwlock_t *lock)
{
	return (__atomic_load_n(&lock->word, __ATOMIC_RELAXED) & 0x9fffffff) != 0;
}

static inline int kt_rwlock_is_contended(const rwlock_t *lock)
{
	return (__atomic_load_n(&lock->word, __ATOMIC_RELAXED) & 0x60000000) != 0;
}

#define rwlock_is_contended(lock) kt_rwlock_is_contended(lock)

static inline int rwlock_needbreak(rwlock_t *lock)
{
	return rwlock_is_contended(lock);
}

static inline int read_can_lock(const rwlock_t *lock)
{
	return !(__atomic_load_n(&lock->word, __ATOMIC_RELAXED) & 0xc0000000);
}

static inline int write_can_lock(const rwlock_t *lock)
{
	return !rwlock_is_locked(lock);
}

/*
 * Decrements the count; the step to zero happens with the lock held. Returns true, with the lock,
 * if it is zero.
 */
static inline int kt_atomic_dec_and_lock(atomic_t *count, spinlock_t *lock)
{
	if (atomic_add_unless(count, -1, 1))
		return 0;
	spin_lock(lock);
	if (atomic_dec_and_test(count))
		return 1;
	spin_unlock(lock);
	return 0;
}

#define atomic_dec_and_lock(count, lock) kt_atomic_dec_and_lock(count, lock)
#define atomic_dec_and_lock_irqsave(count, lock, flags) \
	({ \
		local_irq_save(flags); \
		kt_atomic_dec_and_lock(count, lock) ? 1 : ({ local_irq_restore(flags); 0; }); \
	})

/* Guards. */
DEFINE_LOCK_GUARD_1(raw_spinlock, raw_spinlock_t, raw_spin_lock(_T->lock), raw_spin_unlock(_T->lock))
DEFINE_LOCK_GUARD_1_COND(raw_spinlock, _try, raw_spin_trylock(_T->lock))
DEFINE_LOCK_GUARD_1(raw_spinlock_nested, raw_spinlock_t, raw_spin_lock_nested(_T->lock, SINGLE_DEPTH_NESTING),
		    raw_spin_unlock(_T->lock))
DEFINE_LOCK_GUARD_1(raw_spinlock_irq, raw_spinlock_t, raw_spin_lock_irq(_T->lock), raw_spin_unlock_irq(_T->lock))
DEFINE_LOCK_GUARD_1_COND(raw_spinlock_irq, _try, raw_spin_trylock_irq(_T->lock))
DEFINE_LOCK_GUARD_1(raw_spinlock_bh, raw_spinlock_t, raw_spin_lock_bh(_T->lock), raw_spin_unlock_bh(_T->lock))
DEFINE_LOCK_GUARD_1_COND(raw_spinlock_bh, _try, raw_spin_trylock_bh(_T->lock))
DEFINE_LOCK_GUARD_1(raw_spinlock_irqsave, raw_spinlock_t, raw_spin_lock_irqsave(_T->lock, _T->flags),
		    raw_spin_unlock_irqrestore(_T->lock, _T->flags), unsigned long flags)
DEFINE_LOCK_GUARD_1_COND(raw_spinlock_irqsave, _try, raw_spin_trylock_irqsave(_T->lock, _T->flags))
DEFINE_LOCK_GUARD_1(spinlock, spinlock_t, spin_lock(_T->lock), spin_unlock(_T->lock))
DEFINE_LOCK_GUARD_1_COND(spinlock, _try, spin_trylock(_T->lock))
DEFINE_LOCK_GUARD_1(spinlock_irq, spinlock_t, spin_lock_irq(_T->lock), spin_unlock_irq(_T->lock))
DEFINE_LOCK_GUARD_1_COND(spinlock_irq, _try, spin_trylock_irq(_T->lock))
DEFINE_LOCK_GUARD_1(spinlock_bh, spinlock_t, spin_lock_bh(_T->lock), spin_unlock_bh(_T->lock))
DEFINE_LOCK_GUARD_1_COND(spinlock_bh, _try, spin_trylock_bh(_T->lock))
DEFINE_LOCK_GUARD_1(spinlock_irqsave, spinlock_t, spin_lock_irqsave(_T->lock, _T->flags),
		    spin_unlock_irqrestore(_T->lock, _T->flags), unsigned long flags)
DEFINE_LOCK_GUARD_1_COND(spinlock_irqsave, _try, spin_trylock_irqsave(_T->lock, _T->flags))
DEFINE_LOCK_GUARD_1(read_lock, rwlock_t, read_lock(_T->lock), read_unlock(_T->lock))
DEFINE_LOCK_GUARD_1(read_lock_irq, rwlock_t, read_lock_irq(_T->lock), read_unlock_irq(_T->lock))
DEFINE_LOCK_GUARD_1(read_lock_irqsave, rwlock_t, read_lock_irqsave(_T->lock, _T->flags),
		    read_unlock_irqrestore(_T->lock, _T->flags), unsigned long flags)
DEFINE_LOCK_GUARD_1(write_lock, rwlock_t, write_lock(_T->lock), write_unlock(_T->lock))
DEFINE_LOCK_GUARD_1(write_lock_irq, rwlock_t, write_lock_irq(_T->lock), write_unlock_irq(_T->lock))
DEFINE_LOCK_GUARD_1(write_lock_irqsave, rwlock_t, write_lock_irqsave(_T->lock, _T->flags),
		    write_unlock_irqrestore(_T->lock, _T->flags), unsigned long flags)

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Sequence counters: readers that retry if a writer interfered. */
#ifndef KT_CORE_LINUX_SEQLOCK_H
#define KT_CORE_LINUX_SEQLOCK_H

#include <kt/core/asm/barrier.h>
#include <kt/core/linux/compiler.h>
#include <kt/core/linux/spinlock.h>

typedef struct seqcount {
	unsigned int sequence;
} seqcount_t;

#define SEQCNT_ZERO(name) { 0 }
static inline void kt_seqcount_init(seqcount_t *s)
{
	s->sequence = 0;
}

#define seqcount_init(s) kt_seqcount_init(s)

static inline void __seqcount_init(seqcount_t *s, const char *name, struct lock_class_key *key)
{
	(void)key, (void)name;
	kt_seqcount_init(s);
}

/* With the writers' lock, which is for the lock validator only. */
#define __KT_SEQCOUNT_LOCK(lockname, locktype) \
	typedef struct seqcount_##lockname { \
		seqcount_t seqcount; \
	} seqcount_##lockname##_t;
__KT_SEQCOUNT_LOCK(raw_spinlock, raw_spinlock_t)
__KT_SEQCOUNT_LOCK(spinlock, spinlock_t)
__KT_SEQCOUNT_LOCK(rwlock, rwlock_t)
__KT_SEQCOUNT_LOCK(mutex, struct mutex)
#define SEQCNT_SPINLOCK_ZERO(name, lock) { { 0 } }
#define SEQCNT_RAW_SPINLOCK_ZERO(name, lock) { { 0 } }
#define SEQCNT_RWLOCK_ZERO(name, lock) { { 0 } }
#define SEQCNT_MUTEX_ZERO(name, lock) { { 0 } }
#define seqcount_spinlock_init(s, lock) kt_seqcount_init(&(s)->seqcount)
#define seqcount_raw_spinlock_init(s, lock) kt_seqcount_init(&(s)->seqcount)
#define seqcount_rwlock_init(s, lock) kt_seqcount_init(&(s)->seqcount)
#define seqcount_mutex_init(s, lock) kt_seqcount_init(&(s)->seqcount)
/* All types begin with the counter. */
#define __kt_seqcount(s) ((seqcount_t *)(s))

/*
 * A reader waits while a writer writes. The writer's section is atomic, but it is an ordinary
 * thread: after some checks the reader yields.
 */
KT_BEGIN
void kt_seqcount_wait(const unsigned int *sequence);
KT_END

static inline unsigned int kt_seqcount_begin(const seqcount_t *s)
{
	unsigned int seq = __atomic_load_n(&s->sequence, __ATOMIC_ACQUIRE);

	while (seq & 1) {
		kt_seqcount_wait(&s->sequence);
		seq = __atomic_load_n(&s->sequence, __ATOMIC_ACQUIRE);
	}
	return seq;
}

static inline int kt_seqcount_retry(const seqcount_t *s, unsigned int start)
{
	smp_rmb();
	return __atomic_load_n(&s->sequence, __ATOMIC_RELAXED) != start;
}

static inline void kt_seqcount_write_begin(seqcount_t *s)
{
	WRITE_ONCE(s->sequence, s->sequence + 1);
	smp_wmb();
}

static inline void kt_seqcount_write_end(seqcount_t *s)
{
	smp_wmb();
	WRITE_ONCE(s->sequence, s->sequence + 1);
}

static inline unsigned int kt_seqcount_raw(const seqcount_t *s)
{
	return __atomic_load_n(&s->sequence, __ATOMIC_ACQUIRE);
}

#define seqprop_sequence(s) READ_ONCE(__kt_seqcount(s)->sequence)
#define read_seqcount_begin(s) kt_seqcount_begin(__kt_seqcount(s))
#define __read_seqcount_begin(s) kt_seqcount_begin(__kt_seqcount(s))
#define raw_read_seqcount_begin(s) kt_seqcount_begin(__kt_seqcount(s))
#define raw_read_seqcount(s) kt_seqcount_raw(__kt_seqcount(s))
/* With a writer inside, returns a number for which the retry check always fails. */
#define raw_seqcount_begin(s) (raw_read_seqcount(s) & ~1u)
#define read_seqcount_retry(s, start) kt_seqcount_retry(__kt_seqcount(s), start)
#define __read_seqcount_retry(s, start) kt_seqcount_retry(__kt_seqcount(s), start)
/*
 * A writer with a mutex could be preempted, so its section disables preemption. Other writers are
 * in an atomic section already: their lock's, or the caller's.
 */
#ifdef __cplusplus
extern "C++" {
template<class T> static inline bool kt_seqcount_may_sleep(const T *)
{
	return false;
}

static inline bool kt_seqcount_may_sleep(const seqcount_mutex_t *)
{
	return true;
}
}
#else
#define kt_seqcount_may_sleep(s) __builtin_types_compatible_p(__typeof__(*(s)), seqcount_mutex_t)
#endif
#define raw_write_seqcount_begin(s) \
	((void)(kt_seqcount_may_sleep(s) && (preempt_disable(), 1)), kt_seqcount_write_begin(__kt_seqcount(s)))
#define raw_write_seqcount_end(s) \
	(kt_seqcount_write_end(__kt_seqcount(s)), (void)(kt_seqcount_may_sleep(s) && (preempt_enable(), 1)))
#define write_seqcount_begin(s) raw_write_seqcount_begin(s)
#define write_seqcount_begin_nested(s, subclass) raw_write_seqcount_begin(s)
#define write_seqcount_end(s) raw_write_seqcount_end(s)
#define raw_write_seqcount_barrier(s) (kt_seqcount_write_begin(__kt_seqcount(s)), kt_seqcount_write_end(__kt_seqcount(s)))
static inline void kt_seqcount_invalidate(seqcount_t *s)
{
	smp_wmb();
	WRITE_ONCE(s->sequence, s->sequence + 2);
}

#define write_seqcount_invalidate(s) kt_seqcount_invalidate(__kt_seqcount(s))

/* Latches: two copies of the data; readers use the one that is not being written. */
typedef struct {
	seqcount_t seqcount;
} seqcount_latch_t;
#define SEQCNT_LATCH_ZERO(name) { { 0 } }
#define seqcount_latch_init(s) kt_seqcount_init(&(s)->seqcount)

static inline unsigned raw_read_seqcount_latch(const seqcount_latch_t *s)
{
	return kt_seqcount_raw(__kt_seqcount(s));
}

static inline int read_seqcount_latch_retry(const seqcount_latch_t *s, unsigned start)
{
	return kt_seqcount_retry(__kt_seqcount(s), start);
}

static inline void kt_seqcount_latch(seqcount_t *s)
{
	smp_wmb();
	WRITE_ONCE(s->sequence, s->sequence + 1);
	smp_wmb();
}

static inline void raw_write_seqcount_latch(seqcount_latch_t *s)
{
	kt_seqcount_latch(__kt_seqcount(s));
}

/* A counter with its writers' spinlock. */
typedef struct {
	seqcount_t seqcount;
	spinlock_t lock;
} seqlock_t;

#define __SEQLOCK_UNLOCKED(name) { { 0 }, __SPIN_LOCK_UNLOCKED(0) }
#define DEFINE_SEQLOCK(name) seqlock_t name = __SEQLOCK_UNLOCKED(name)

#define seqlock_init(sl) \
	do { \
		kt_seqcount_init(&(sl)->seqcount); \
		spin_lock_init(&(sl)->lock); \
	} while (0)

static inline unsigned int read_seqbegin(const seqlock_t *sl)
{
	return kt_seqcount_begin(&sl->seqcount);
}

static inline unsigned int read_seqretry(const seqlock_t *sl, unsigned int start)
{
	return (unsigned int)kt_seqcount_retry(&sl->seqcount, start);
}

static inline void write_seqlock(seqlock_t *sl)
{
	spin_lock(&sl->lock);
	kt_seqcount_write_begin(&sl->seqcount);
}

static inline void write_sequnlock(seqlock_t *sl)
{
	kt_seqcount_write_end(&sl->seqcount);
	spin_unlock(&sl->lock);
}

static inline int write_tryseqlock(seqlock_t *sl)
{
	if (!spin_trylock(&sl->lock))
		return 0;
	kt_seqcount_write_begin(&sl->seqcount);
	return 1;
}

static inline void write_seqlock_irq(seqlock_t *sl)
{
	local_irq_disable();
	write_seqlock(sl);
}

static inline void write_sequnlock_irq(seqlock_t *sl)
{
	write_sequnlock(sl);
	local_irq_enable();
}

static inline void write_seqlock_bh(seqlock_t *sl)
{
	local_bh_disable();
	write_seqlock(sl);
}

static inline void write_sequnlock_bh(seqlock_t *sl)
{
	write_sequnlock(sl);
	local_bh_enable();
}

#define write_seqlock_irqsave(sl, flags) (local_irq_save(flags), write_seqlock(sl))

static inline void write_sequnlock_irqrestore(seqlock_t *sl, unsigned long flags)
{
	write_sequnlock(sl);
	local_irq_restore(flags);
}

/* Readers that exclude writers and each other. */

static inline void read_seqlock_excl(seqlock_t *sl)
{
	spin_lock(&sl->lock);
}

static inline void read_sequnlock_excl(seqlock_t *sl)
{
	spin_unlock(&sl->lock);
}

static inline void read_seqlock_excl_irq(seqlock_t *sl)
{
	spin_lock_irq(&sl->lock);
}

static inline void read_sequnlock_excl_irq(seqlock_t *sl)
{
	spin_unlock_irq(&sl->lock);
}

static inline void read_seqlock_excl_bh(seqlock_t *sl)
{
	spin_lock_bh(&sl->lock);
}

static inline void read_sequnlock_excl_bh(seqlock_t *sl)
{
	spin_unlock_bh(&sl->lock);
}

#define read_seqlock_excl_irqsave(sl, flags) spin_lock_irqsave(&(sl)->lock, flags)

static inline void read_sequnlock_excl_irqrestore(seqlock_t *sl, unsigned long flags)
{
	spin_unlock_irqrestore(&sl->lock, flags);
}

/* Without the lock if *seq is even, with it if not. */
static inline void read_seqbegin_or_lock(seqlock_t *lock, int *seq)
{
	if (*seq & 1)
		read_seqlock_excl(lock);
	else
		*seq = (int)read_seqbegin(lock);
}

static inline int need_seqretry(seqlock_t *lock, int seq)
{
	return !(seq & 1) && read_seqretry(lock, (unsigned int)seq);
}

static inline void done_seqretry(seqlock_t *lock, int seq)
{
	if (seq & 1)
		read_sequnlock_excl(lock);
}

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Sums with a part for each cpu, which is added to the global sum when it reaches a batch. */
#ifndef KT_CORE_LINUX_PERCPU_COUNTER_H
#define KT_CORE_LINUX_PERCPU_COUNTER_H

#include <kt/core/linux/gfp.h>
#include <kt/core/linux/limits.h>
#include <kt/core/linux/list.h>
#include <kt/core/linux/lockdep_types.h>
#include <kt/core/linux/percpu.h>
#include <kt/core/linux/spinlock.h>
#include <kt/core/linux/threads.h>
#include <kt/core/linux/types.h>

struct percpu_counter {
	raw_spinlock_t lock;
	s64 count; /* without what the cpus have */
	s32 __percpu *counters;
};

KT_BEGIN
/* At least 32, and two for each cpu. */
extern int percpu_counter_batch;
int percpu_counter_init(struct percpu_counter *counter, s64 amount, gfp_t flags);
void percpu_counter_destroy(struct percpu_counter *counter);
void percpu_counter_set(struct percpu_counter *counter, s64 amount);
void percpu_counter_add_batch(struct percpu_counter *counter, s64 amount, s32 batch);
/* The exact sum, while others may be adding. */
s64 __percpu_counter_sum(struct percpu_counter *counter);
/* Returns -1, 0 or 1; by the approximate sum if that decides. */
int __percpu_counter_compare(struct percpu_counter *counter, s64 right, s32 batch);
/* Adds this cpu's part to the sum. */
void percpu_counter_sync(struct percpu_counter *counter);
KT_END

#define PERCPU_COUNTER_LOCAL_BATCH INT_MAX

static inline int __percpu_counter_init(struct percpu_counter *counter, s64 amount, gfp_t flags, struct lock_class_key *key)
{
	(void)key;
	return percpu_counter_init(counter, amount, flags);
}

static inline void percpu_counter_add(struct percpu_counter *counter, s64 amount)
{
	percpu_counter_add_batch(counter, amount, percpu_counter_batch);
}

static inline void percpu_counter_sub(struct percpu_counter *counter, s64 amount)
{
	percpu_counter_add(counter, -amount);
}

static inline void percpu_counter_inc(struct percpu_counter *counter)
{
	percpu_counter_add(counter, 1);
}

static inline void percpu_counter_dec(struct percpu_counter *counter)
{
	percpu_counter_add(counter, -1);
}

/* For sums that are read seldom: rarely updates the global sum. */
static inline void percpu_counter_add_local(struct percpu_counter *counter, s64 amount)
{
	percpu_counter_add_batch(counter, amount, PERCPU_COUNTER_LOCAL_BATCH);
}

static inline void percpu_counter_sub_local(struct percpu_counter *counter, s64 amount)
{
	percpu_counter_add_local(counter, -amount);
}

static inline s64 percpu_counter_sum(struct percpu_counter *counter)
{
	return __percpu_counter_sum(counter);
}

static inline s64 percpu_counter_sum_positive(struct percpu_counter *counter)
{
	s64 sum = __percpu_counter_sum(counter);

	return sum < 0 ? 0 : sum;
}

/* Approximate: the error is up to a batch for each cpu. */
static inline s64 percpu_counter_read(struct percpu_counter *counter)
{
	return READ_ONCE(counter->count);
}

static inline s64 percpu_counter_read_positive(struct percpu_counter *counter)
{
	s64 count = READ_ONCE(counter->count);

	return count < 0 ? 0 : count;
}

static inline int percpu_counter_compare(struct percpu_counter *counter, s64 right)
{
	return __percpu_counter_compare(counter, right, percpu_counter_batch);
}

static inline bool percpu_counter_initialized(struct percpu_counter *counter)
{
	return counter->counters != NULL;
}

#endif

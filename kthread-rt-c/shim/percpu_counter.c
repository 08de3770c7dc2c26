/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * linux/percpu_counter.h. A thread may be preempted and moved at any point here, so a cpu's part is
 * only changed atomically. It is always moved as a whole: at any moment it is in the part, in the
 * sum, or with the thread that adds it to the sum under the lock.
 */
#include <kt/core/linux/cpumask.h>
#include <kt/core/linux/errno.h>
#include <kt/core/linux/limits.h>
#include <kt/core/linux/percpu_counter.h>

int percpu_counter_init(struct percpu_counter *counter, s64 amount, gfp_t flags)
{
	(void)flags;
	raw_spin_lock_init(&counter->lock);
	counter->count = amount;
	counter->counters = alloc_percpu(s32);
	return counter->counters ? 0 : -ENOMEM;
}

void percpu_counter_destroy(struct percpu_counter *counter)
{
	if (!counter->counters)
		return;
	free_percpu(counter->counters);
	counter->counters = NULL;
}

/* The caller holds the lock. */
static void collect(struct percpu_counter *counter, s32 *part)
{
	WRITE_ONCE(counter->count, counter->count + __atomic_exchange_n(part, 0, __ATOMIC_RELAXED));
}

void percpu_counter_set(struct percpu_counter *counter, s64 amount)
{
	unsigned long flags;
	int cpu;

	raw_spin_lock_irqsave(&counter->lock, flags);
	for_each_possible_cpu(cpu)
		WRITE_ONCE(*per_cpu_ptr(counter->counters, cpu), 0);
	WRITE_ONCE(counter->count, amount);
	raw_spin_unlock_irqrestore(&counter->lock, flags);
}

void percpu_counter_add_batch(struct percpu_counter *counter, s64 amount, s32 batch)
{
	s32 *part = this_cpu_ptr(counter->counters), was = READ_ONCE(*part);
	unsigned long flags;

	do {
		s64 sum = was + amount;

		if (sum >= batch || sum <= -(s64)batch) {
			raw_spin_lock_irqsave(&counter->lock, flags);
			collect(counter, part);
			WRITE_ONCE(counter->count, counter->count + amount);
			raw_spin_unlock_irqrestore(&counter->lock, flags);
			return;
		}
	} while (!__atomic_compare_exchange_n(part, &was, (s32)(was + amount), false, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
}

void percpu_counter_sync(struct percpu_counter *counter)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&counter->lock, flags);
	collect(counter, this_cpu_ptr(counter->counters));
	raw_spin_unlock_irqrestore(&counter->lock, flags);
}

s64 __percpu_counter_sum(struct percpu_counter *counter)
{
	unsigned long flags;
	s64 sum;
	int cpu;

	raw_spin_lock_irqsave(&counter->lock, flags);
	sum = counter->count;
	for_each_possible_cpu(cpu)
		sum += READ_ONCE(*per_cpu_ptr(counter->counters, cpu));
	raw_spin_unlock_irqrestore(&counter->lock, flags);
	return sum;
}

int __percpu_counter_compare(struct percpu_counter *counter, s64 right, s32 batch)
{
	s64 sum = percpu_counter_read(counter), apart = sum > right ? sum - right : right - sum;

	if (apart <= (s64)batch * num_online_cpus())
		sum = percpu_counter_sum(counter);
	return (sum > right) - (sum < right);
}

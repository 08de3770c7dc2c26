/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * linux/percpu-refcount.h. In percpu mode the atomic count has a large bias, so that it can't reach
 * 0 before the cpus' parts are added. A switch to atomic mode sets the mark, waits a grace period
 * for all readers of the word without the mark, adds the parts and removes the bias.
 *
 * One lock protects the modes of all refs. A switch waits until the previous one is confirmed.
 */
#include <kt/core/linux/bug.h>
#include <kt/core/linux/cpumask.h>
#include <kt/core/linux/errno.h>
#include <kt/core/linux/percpu-refcount.h>
#include <kt/core/linux/slab.h>
#include <kt/core/linux/spinlock.h>
#include <kt/core/linux/string.h>
#include <kt/core/linux/wait.h>

#define BIAS (1UL << (BITS_PER_LONG - 1))

static DEFINE_SPINLOCK(modes);
static DECLARE_WAIT_QUEUE_HEAD(switched);

static unsigned long __percpu *parts(struct percpu_ref *ref)
{
	return (unsigned long *)(ref->percpu_count_ptr & ~(unsigned long)__PERCPU_REF_ATOMIC_DEAD);
}

int percpu_ref_init(struct percpu_ref *ref, percpu_ref_func_t *release, unsigned int flags, gfp_t gfp)
{
	unsigned long begin = 0;
	struct percpu_ref_data *data;

	(void)gfp;
	ref->percpu_count_ptr = (unsigned long)alloc_percpu_gfp(unsigned long, gfp);
	if (!ref->percpu_count_ptr)
		return -ENOMEM;
	data = &ref->kt_data;
	memset(data, 0, sizeof(*data));
	data->force_atomic = flags & PERCPU_REF_INIT_ATOMIC;
	data->allow_reinit = flags & PERCPU_REF_ALLOW_REINIT;
	if (flags & (PERCPU_REF_INIT_ATOMIC | PERCPU_REF_INIT_DEAD)) {
		ref->percpu_count_ptr |= __PERCPU_REF_ATOMIC;
		data->allow_reinit = true;
	} else {
		begin += BIAS;
	}
	if (flags & PERCPU_REF_INIT_DEAD)
		ref->percpu_count_ptr |= __PERCPU_REF_DEAD;
	else
		begin++;
	atomic_long_set(&data->count, (long)begin);
	data->release = release;
	data->ref = ref;
	ref->data = data;
	return 0;
}

static void free_parts(struct percpu_ref *ref)
{
	unsigned long __percpu *count = parts(ref);

	if (!count)
		return;
	WARN_ON_ONCE(ref->data && ref->data->confirm_switch);
	free_percpu(count);
	ref->percpu_count_ptr = __PERCPU_REF_ATOMIC_DEAD;
}

void percpu_ref_exit(struct percpu_ref *ref)
{
	struct percpu_ref_data *data = ref->data;
	unsigned long flags;

	free_parts(ref);
	if (!data)
		return;
	spin_lock_irqsave(&modes, flags);
	/* From now on percpu_ref_is_zero() is true. */
	ref->percpu_count_ptr |= (unsigned long)atomic_long_read(&data->count) << __PERCPU_REF_FLAG_BITS;
	ref->data = NULL;
	spin_unlock_irqrestore(&modes, flags);
}

static void confirmed(struct percpu_ref *ref)
{
	struct percpu_ref_data *data = ref->data;

	data->confirm_switch(ref);
	data->confirm_switch = NULL;
	wake_up_all(&switched);
	if (!data->allow_reinit)
		free_parts(ref);
	/* Drops the switch's own reference. */
	percpu_ref_put(ref);
}

static void after_grace(struct rcu_head *rcu)
{
	struct percpu_ref_data *data = container_of(rcu, struct percpu_ref_data, rcu);
	unsigned long __percpu *count = parts(data->ref);
	unsigned long sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(*per_cpu_ptr(count, cpu));
	atomic_long_add((long)(sum - BIAS), &data->count);
	WARN_ON_ONCE(atomic_long_read(&data->count) <= 0);
	confirmed(data->ref);
}

static void nobody(struct percpu_ref *ref)
{
	(void)ref;
}

/* The caller holds the lock. */
static void to_atomic(struct percpu_ref *ref, percpu_ref_func_t *confirm)
{
	if (ref->percpu_count_ptr & __PERCPU_REF_ATOMIC) {
		if (confirm)
			confirm(ref);
		return;
	}
	smp_store_release(&ref->percpu_count_ptr, ref->percpu_count_ptr | __PERCPU_REF_ATOMIC);
	ref->data->confirm_switch = confirm ? confirm : nobody;
	percpu_ref_get(ref);
	call_rcu(&ref->data->rcu, after_grace);
}

static void to_percpu(struct percpu_ref *ref)
{
	unsigned long __percpu *count = parts(ref);
	int cpu;

	BUG_ON(!count);
	if (!(ref->percpu_count_ptr & __PERCPU_REF_ATOMIC))
		return;
	if (WARN_ON_ONCE(!ref->data->allow_reinit))
		return;
	atomic_long_add((long)BIAS, &ref->data->count);
	for_each_possible_cpu(cpu)
		WRITE_ONCE(*per_cpu_ptr(count, cpu), 0);
	/* A thread that sees the mark cleared sees the parts as 0. */
	smp_store_release(&ref->percpu_count_ptr, ref->percpu_count_ptr & ~(unsigned long)__PERCPU_REF_ATOMIC);
}

/*
 * Takes the lock when no switch is in progress. A killed ref stays in atomic mode, whatever was
 * requested.
 */
static void lock_modes(struct percpu_ref *ref, unsigned long *flags)
{
	spin_lock_irqsave(&modes, *flags);
	while (ref->data->confirm_switch) {
		spin_unlock_irqrestore(&modes, *flags);
		wait_event(switched, !READ_ONCE(ref->data->confirm_switch));
		spin_lock_irqsave(&modes, *flags);
	}
}

static void set_mode(struct percpu_ref *ref, percpu_ref_func_t *confirm)
{
	if (ref->data->force_atomic || percpu_ref_is_dying(ref))
		to_atomic(ref, confirm);
	else
		to_percpu(ref);
}

void percpu_ref_switch_to_atomic(struct percpu_ref *ref, percpu_ref_func_t *confirm)
{
	unsigned long flags;

	lock_modes(ref, &flags);
	ref->data->force_atomic = true;
	set_mode(ref, confirm);
	spin_unlock_irqrestore(&modes, flags);
}

void percpu_ref_switch_to_atomic_sync(struct percpu_ref *ref)
{
	percpu_ref_switch_to_atomic(ref, NULL);
	wait_event(switched, !READ_ONCE(ref->data->confirm_switch));
}

void percpu_ref_switch_to_percpu(struct percpu_ref *ref)
{
	unsigned long flags;

	lock_modes(ref, &flags);
	ref->data->force_atomic = false;
	set_mode(ref, NULL);
	spin_unlock_irqrestore(&modes, flags);
}

void percpu_ref_kill_and_confirm(struct percpu_ref *ref, percpu_ref_func_t *confirm)
{
	unsigned long flags;

	lock_modes(ref, &flags);
	WARN_ONCE(percpu_ref_is_dying(ref), "%s called more than once on %ps!", "percpu_ref_kill_and_confirm",
		  (void *)ref->data->release);
	ref->percpu_count_ptr |= __PERCPU_REF_DEAD;
	set_mode(ref, confirm);
	spin_unlock_irqrestore(&modes, flags);
	percpu_ref_put(ref);
}

void percpu_ref_resurrect(struct percpu_ref *ref)
{
	unsigned long flags;

	lock_modes(ref, &flags);
	WARN_ON_ONCE(!percpu_ref_is_dying(ref));
	WARN_ON_ONCE(__atomic_load_n(&ref->percpu_count_ptr, __ATOMIC_RELAXED) == __PERCPU_REF_ATOMIC_DEAD);
	ref->percpu_count_ptr &= ~(unsigned long)__PERCPU_REF_DEAD;
	percpu_ref_get(ref);
	set_mode(ref, NULL);
	spin_unlock_irqrestore(&modes, flags);
}

void percpu_ref_reinit(struct percpu_ref *ref)
{
	WARN_ON_ONCE(!percpu_ref_is_zero(ref));
	percpu_ref_resurrect(ref);
}

bool percpu_ref_is_zero(struct percpu_ref *ref)
{
	unsigned long __percpu *ignored;
	unsigned long count, flags;

	if (__ref_is_percpu(ref, &ignored))
		return false;
	spin_lock_irqsave(&modes, flags);
	count = ref->data ? (unsigned long)atomic_long_read(&ref->data->count) :
			    ref->percpu_count_ptr >> __PERCPU_REF_FLAG_BITS;
	spin_unlock_irqrestore(&modes, flags);
	return !count;
}

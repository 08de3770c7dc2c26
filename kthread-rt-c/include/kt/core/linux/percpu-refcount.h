/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Reference counts with a part for each cpu, until the count is killed. Then a single atomic count
 * has all, and its last put calls `release`.
 */
#ifndef KT_CORE_LINUX_PERCPU_REFCOUNT_H
#define KT_CORE_LINUX_PERCPU_REFCOUNT_H

#include <kt/core/linux/atomic.h>
#include <kt/core/linux/gfp.h>
#include <kt/core/linux/percpu.h>
#include <kt/core/linux/rcupdate.h>
#include <kt/core/linux/types.h>

struct percpu_ref;
typedef void percpu_ref_func_t(struct percpu_ref *ref);

/* Flags in the word with the pointer: atomic mode; killed. */
enum {
	__PERCPU_REF_ATOMIC = 1,
	__PERCPU_REF_DEAD = 2,
	__PERCPU_REF_ATOMIC_DEAD = __PERCPU_REF_ATOMIC | __PERCPU_REF_DEAD,
	__PERCPU_REF_FLAG_BITS = 2,
};

/* The initial state. */
enum {
	PERCPU_REF_INIT_ATOMIC = 1,
	PERCPU_REF_INIT_DEAD = 2, /* without a reference; percpu_ref_reinit() starts it */
	PERCPU_REF_ALLOW_REINIT = 4,
};

struct percpu_ref_data {
	atomic_long_t count;
	percpu_ref_func_t *release;
	percpu_ref_func_t *confirm_switch;
	bool force_atomic : 1;
	bool allow_reinit : 1;
	struct rcu_head rcu;
	struct percpu_ref *ref;
};

struct percpu_ref {
	unsigned long percpu_count_ptr;
	struct percpu_ref_data *data; /* null after percpu_ref_exit() */
	/*
	 * A kernel has it before 5.11. Here it always exists, so that the size is the same for all
	 * versions.
	 */
	union {
		struct percpu_ref_data kt_data;
#if !KT_SINCE(5, 11)
		struct {
			atomic_long_t count;
			percpu_ref_func_t *release;
			percpu_ref_func_t *confirm_switch;
		};
#endif
	};
};

KT_BEGIN
int percpu_ref_init(struct percpu_ref *ref, percpu_ref_func_t *release, unsigned int flags, gfp_t gfp);
void percpu_ref_exit(struct percpu_ref *ref);
/* `confirm` is called when no cpu uses its own part any more. */
void percpu_ref_switch_to_atomic(struct percpu_ref *ref, percpu_ref_func_t *confirm);
void percpu_ref_switch_to_atomic_sync(struct percpu_ref *ref);
void percpu_ref_switch_to_percpu(struct percpu_ref *ref);
void percpu_ref_kill_and_confirm(struct percpu_ref *ref, percpu_ref_func_t *confirm);
/* Revives a killed ref, with its initial reference. */
void percpu_ref_resurrect(struct percpu_ref *ref);
/* Restarts a ref whose count is 0. */
void percpu_ref_reinit(struct percpu_ref *ref);
bool percpu_ref_is_zero(struct percpu_ref *ref);
KT_END

static inline void percpu_ref_kill(struct percpu_ref *ref)
{
	percpu_ref_kill_and_confirm(ref, NULL);
}

/* The per-cpu part, in percpu mode. Call it under rcu_read_lock(), for which a switch waits. */
static inline bool __ref_is_percpu(struct percpu_ref *ref, unsigned long __percpu **count)
{
	unsigned long word = smp_load_acquire(&ref->percpu_count_ptr);

	if (word & __PERCPU_REF_ATOMIC_DEAD)
		return false;
	*count = (unsigned long *)word;
	return true;
}

static inline void percpu_ref_get_many(struct percpu_ref *ref, unsigned long n)
{
	unsigned long __percpu *count;

	rcu_read_lock();
	if (__ref_is_percpu(ref, &count))
		this_cpu_add(*count, n);
	else
		atomic_long_add((long)n, &ref->data->count);
	rcu_read_unlock();
}

static inline void percpu_ref_get(struct percpu_ref *ref)
{
	percpu_ref_get_many(ref, 1);
}

static inline bool percpu_ref_tryget_many(struct percpu_ref *ref, unsigned long n)
{
	unsigned long __percpu *count;
	bool got = true;

	rcu_read_lock();
	if (__ref_is_percpu(ref, &count))
		this_cpu_add(*count, n);
	else
		got = atomic_long_add_unless(&ref->data->count, (long)n, 0);
	rcu_read_unlock();
	return got;
}

static inline bool percpu_ref_tryget(struct percpu_ref *ref)
{
	return percpu_ref_tryget_many(ref, 1);
}

/* Fails if the ref is killed. */
static inline bool percpu_ref_tryget_live_rcu(struct percpu_ref *ref)
{
	unsigned long __percpu *count;

	if (__ref_is_percpu(ref, &count)) {
		this_cpu_inc(*count);
		return true;
	}
	return !(ref->percpu_count_ptr & __PERCPU_REF_DEAD) && atomic_long_inc_not_zero(&ref->data->count);
}

static inline bool percpu_ref_tryget_live(struct percpu_ref *ref)
{
	bool got;

	rcu_read_lock();
	got = percpu_ref_tryget_live_rcu(ref);
	rcu_read_unlock();
	return got;
}

static inline void percpu_ref_put_many(struct percpu_ref *ref, unsigned long n)
{
	unsigned long __percpu *count;

	rcu_read_lock();
	if (__ref_is_percpu(ref, &count))
		this_cpu_sub(*count, n);
	else if (atomic_long_sub_and_test((long)n, &ref->data->count))
		ref->data->release(ref);
	rcu_read_unlock();
}

static inline void percpu_ref_put(struct percpu_ref *ref)
{
	percpu_ref_put_many(ref, 1);
}

static inline bool percpu_ref_is_dying(struct percpu_ref *ref)
{
	return READ_ONCE(ref->percpu_count_ptr) & __PERCPU_REF_DEAD;
}

#endif

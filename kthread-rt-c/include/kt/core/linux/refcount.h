/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Reference counts that saturate instead of wrapping around. */
#ifndef KT_CORE_LINUX_REFCOUNT_H
#define KT_CORE_LINUX_REFCOUNT_H

#include <kt/core/linux/atomic.h>
#include <kt/core/linux/bug.h>
#include <kt/core/linux/mutex.h>
#include <kt/core/linux/refcount_types.h>
#include <kt/core/linux/spinlock.h>

#define REFCOUNT_INIT(n) { ATOMIC_INIT(n) }
#define REFCOUNT_MAX 0x7fffffff
/* The saturated value: too far from valid counts to be reached by counting. */
#define REFCOUNT_SATURATED (-0x40000000)

enum refcount_saturation_type {
	REFCOUNT_ADD_NOT_ZERO_OVF,
	REFCOUNT_ADD_OVF,
	REFCOUNT_ADD_UAF,
	REFCOUNT_SUB_UAF,
	REFCOUNT_DEC_LEAK,
};

static inline void refcount_set(refcount_t *r, int n)
{
	atomic_set(&r->refs, n);
}

static inline unsigned int refcount_read(const refcount_t *r)
{
	return (unsigned int)atomic_read(&r->refs);
}

KT_BEGIN
/*
 * Warns that `call` found an impossible count: see src/abi/refcount.rs. `what` is a
 * refcount_saturation_type, or KT_REFCOUNT_DEC_OF_0.
 */
void kt_refcount_warn(int what, const char *call);
KT_END
#define KT_REFCOUNT_DEC_OF_0 (REFCOUNT_DEC_LEAK + 1)

static inline void kt_refcount_saturate(refcount_t *r, enum refcount_saturation_type t, const char *call)
{
	refcount_set(r, REFCOUNT_SATURATED);
	kt_refcount_warn(t, call);
}

static inline void refcount_warn_saturate(refcount_t *r, enum refcount_saturation_type t)
{
	kt_refcount_saturate(r, t, "refcount_warn_saturate");
}

/* Returns the old count. The functions that begin with __ also store it, if `old` is not null. */
static inline int kt_refcount_was(int count, int *note)
{
	if (note)
		*note = count;
	return count;
}

static inline int kt_refcount_change(refcount_t *r, int by, int order, int *note)
{
	return kt_refcount_was(__atomic_fetch_add(&r->refs.counter, by, order), note);
}

/* True if the count was wrong before the change, or is wrong after it. */
static inline bool kt_refcount_strays(int count, int by)
{
	int changed;

	return count < 0 || __builtin_add_overflow(count, by, &changed) || changed < 0;
}

/* The kt_refcount_ functions warn in the name of `call`, the function that the module called. */
static inline bool kt_refcount_add_not_zero(int i, refcount_t *r, int *oldp, const char *call)
{
	int count = kt_refcount_was(atomic_fetch_add_unless(&r->refs, i, 0), oldp);

	if (count && kt_refcount_strays(count, i))
		kt_refcount_saturate(r, REFCOUNT_ADD_NOT_ZERO_OVF, call);
	return count != 0;
}

static inline void kt_refcount_add(int i, refcount_t *r, int *oldp, const char *call)
{
	int count = kt_refcount_change(r, i, __ATOMIC_RELAXED, oldp);

	if (count == 0)
		kt_refcount_saturate(r, REFCOUNT_ADD_UAF, call);
	else if (kt_refcount_strays(count, i))
		kt_refcount_saturate(r, REFCOUNT_ADD_OVF, call);
}

static inline bool kt_refcount_sub_and_test(int i, refcount_t *r, int *oldp, const char *call)
{
	int count = kt_refcount_change(r, -i, __ATOMIC_RELEASE, oldp);

	if (count != i && kt_refcount_strays(count, -i))
		kt_refcount_saturate(r, REFCOUNT_SUB_UAF, call);
	/* All other threads' accesses happen before the free. */
	if (count == i)
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return count == i;
}

static inline void kt_refcount_dec(refcount_t *r, int *oldp, const char *call)
{
	if (kt_refcount_change(r, -1, __ATOMIC_RELEASE, oldp) <= 1)
		kt_refcount_saturate(r, REFCOUNT_DEC_LEAK, call);
}

/*
 * Decrements unless the count is 1; then returns false. Warns if it is 0; a saturated count stays
 * saturated.
 */
static inline bool kt_refcount_dec_not_one(refcount_t *r, const char *call)
{
	int is = atomic_read(&r->refs);

	do {
		if (is == REFCOUNT_SATURATED)
			return true;
		if (is == 1)
			return false;
		if (is == 0) {
			kt_refcount_warn(KT_REFCOUNT_DEC_OF_0, call);
			return true;
		}
	} while (!atomic_try_cmpxchg_release(&r->refs, &is, (int)((unsigned int)is - 1)));
	return true;
}

static inline bool __refcount_add_not_zero(int i, refcount_t *r, int *oldp)
{
	return kt_refcount_add_not_zero(i, r, oldp, "__refcount_add_not_zero");
}

static inline bool refcount_add_not_zero(int i, refcount_t *r)
{
	return kt_refcount_add_not_zero(i, r, 0, "refcount_add_not_zero");
}

static inline void __refcount_add(int i, refcount_t *r, int *oldp)
{
	kt_refcount_add(i, r, oldp, "__refcount_add");
}

static inline void refcount_add(int i, refcount_t *r)
{
	kt_refcount_add(i, r, 0, "refcount_add");
}

static inline bool __refcount_inc_not_zero(refcount_t *r, int *oldp)
{
	return kt_refcount_add_not_zero(1, r, oldp, "__refcount_inc_not_zero");
}

static inline bool refcount_inc_not_zero(refcount_t *r)
{
	return kt_refcount_add_not_zero(1, r, 0, "refcount_inc_not_zero");
}

static inline void __refcount_inc(refcount_t *r, int *oldp)
{
	kt_refcount_add(1, r, oldp, "__refcount_inc");
}

static inline void refcount_inc(refcount_t *r)
{
	kt_refcount_add(1, r, 0, "refcount_inc");
}

static inline bool __refcount_sub_and_test(int i, refcount_t *r, int *oldp)
{
	return kt_refcount_sub_and_test(i, r, oldp, "__refcount_sub_and_test");
}

static inline bool refcount_sub_and_test(int i, refcount_t *r)
{
	return kt_refcount_sub_and_test(i, r, 0, "refcount_sub_and_test");
}

static inline bool __refcount_dec_and_test(refcount_t *r, int *oldp)
{
	return kt_refcount_sub_and_test(1, r, oldp, "__refcount_dec_and_test");
}

static inline bool refcount_dec_and_test(refcount_t *r)
{
	return kt_refcount_sub_and_test(1, r, 0, "refcount_dec_and_test");
}

static inline void __refcount_dec(refcount_t *r, int *oldp)
{
	kt_refcount_dec(r, oldp, "__refcount_dec");
}

static inline void refcount_dec(refcount_t *r)
{
	kt_refcount_dec(r, 0, "refcount_dec");
}

static inline bool refcount_dec_if_one(refcount_t *r)
{
	int one = 1;

	return atomic_try_cmpxchg_release(&r->refs, &one, 0);
}

static inline bool refcount_dec_not_one(refcount_t *r)
{
	return kt_refcount_dec_not_one(r, "refcount_dec_not_one");
}

/*
 * Drops the last reference with the lock held, and returns with the lock; other references need no
 * lock. The count is checked again under the lock.
 */
#define KT_REFCOUNT_DEC_UNDER(r, take, give, call) \
	({ \
		bool __kt_last = false; \
		if (!kt_refcount_dec_not_one(r, call)) { \
			take; \
			__kt_last = kt_refcount_sub_and_test(1, r, 0, call); \
			if (!__kt_last) \
				give; \
		} \
		__kt_last; \
	})

static inline bool kt_refcount_dec_and_mutex_lock(refcount_t *r, struct mutex *lock, const char *call)
{
	return KT_REFCOUNT_DEC_UNDER(r, (mutex_lock)(lock), mutex_unlock(lock), call);
}

static inline bool kt_refcount_dec_and_lock(refcount_t *r, spinlock_t *lock, const char *call)
{
	return KT_REFCOUNT_DEC_UNDER(r, spin_lock(lock), spin_unlock(lock), call);
}

static inline bool refcount_dec_and_mutex_lock(refcount_t *r, struct mutex *lock)
{
	return kt_refcount_dec_and_mutex_lock(r, lock, "refcount_dec_and_mutex_lock");
}
#define refcount_dec_and_mutex_lock(...) refcount_dec_and_mutex_lock(__VA_OPT__(__kt_here(__VA_ARGS__)))

static inline bool refcount_dec_and_lock(refcount_t *r, spinlock_t *lock)
{
	return kt_refcount_dec_and_lock(r, lock, "refcount_dec_and_lock");
}

static inline bool refcount_dec_and_lock_irqsave(refcount_t *r, spinlock_t *lock, unsigned long *flags)
{
	return KT_REFCOUNT_DEC_UNDER(r, spin_lock_irqsave(lock, *flags), spin_unlock_irqrestore(lock, *flags),
				     "refcount_dec_and_lock_irqsave");
}

#endif

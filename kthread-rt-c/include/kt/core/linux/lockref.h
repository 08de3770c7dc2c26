/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A reference count together with the object's lock. */
#ifndef KT_CORE_LINUX_LOCKREF_H
#define KT_CORE_LINUX_LOCKREF_H

#include <kt/core/linux/bug.h>
#include <kt/core/linux/spinlock.h>
#include <kt/core/linux/types.h>

struct lockref {
	union {
		u64 lock_count __attribute__((aligned(8)));
		struct {
			spinlock_t lock;
			int count; /* less than 0: dead */
		};
	};
};

static inline void lockref_init(struct lockref *lockref)
{
	spin_lock_init(&lockref->lock);
	lockref->count = 1;
}

static inline void lockref_get(struct lockref *lockref)
{
	spin_lock(&lockref->lock);
	lockref->count++;
	spin_unlock(&lockref->lock);
}

/* Adds `by` to the count, if it is more than `above`. */
static inline bool kt_lockref_add(struct lockref *lockref, int by, int above)
{
	bool changed;

	spin_lock(&lockref->lock);
	changed = lockref->count > above;
	if (changed)
		lockref->count += by;
	spin_unlock(&lockref->lock);
	return changed;
}

static inline int lockref_get_not_zero(struct lockref *lockref)
{
	return kt_lockref_add(lockref, 1, 0);
}

static inline int lockref_get_not_dead(struct lockref *lockref)
{
	return kt_lockref_add(lockref, 1, -1);
}

static inline int lockref_put_not_zero(struct lockref *lockref)
{
	return kt_lockref_add(lockref, -1, 1);
}

/* Returns the new count, or -1 if nothing was done. */
static inline int lockref_put_return(struct lockref *lockref)
{
	int count = -1;

	spin_lock(&lockref->lock);
	if (lockref->count > 0)
		count = --lockref->count;
	spin_unlock(&lockref->lock);
	return count;
}

/* If the count is 1 or less, takes the lock and returns 0: the caller frees the object. */
static inline int lockref_put_or_lock(struct lockref *lockref)
{
	spin_lock(&lockref->lock);
	if (lockref->count <= 1)
		return 0;
	lockref->count--;
	spin_unlock(&lockref->lock);
	return 1;
}

/* The caller holds the lock. */
static inline void lockref_mark_dead(struct lockref *lockref)
{
	assert_spin_locked(&lockref->lock);
	lockref->count = -128;
}

static inline bool __lockref_is_dead(const struct lockref *lockref)
{
	return lockref->count < 0;
}

#endif

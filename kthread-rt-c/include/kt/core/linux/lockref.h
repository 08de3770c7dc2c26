/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A count and the lock of what it counts the users of. */
#ifndef KT_CORE_LINUX_LOCKREF_H
#define KT_CORE_LINUX_LOCKREF_H

#include <kt/core/linux/spinlock.h>
#include <kt/core/linux/types.h>

struct lockref {
	spinlock_t lock;
	int count; /* below 0: dead */
};

static inline void lockref_get(struct lockref *ref)
{
	spin_lock(&ref->lock);
	ref->count++;
	spin_unlock(&ref->lock);
}

static inline int lockref_get_not_zero(struct lockref *ref)
{
	int got;

	spin_lock(&ref->lock);
	got = ref->count > 0;
	ref->count += got;
	spin_unlock(&ref->lock);
	return got;
}

static inline int lockref_get_not_dead(struct lockref *ref)
{
	int got;

	spin_lock(&ref->lock);
	got = ref->count >= 0;
	ref->count += got;
	spin_unlock(&ref->lock);
	return got;
}

static inline int lockref_put_not_zero(struct lockref *ref)
{
	int put;

	spin_lock(&ref->lock);
	put = ref->count > 1;
	ref->count -= put;
	spin_unlock(&ref->lock);
	return put;
}

/* -1 if there is none to put. */
static inline int lockref_put_return(struct lockref *ref)
{
	int left = -1;

	spin_lock(&ref->lock);
	if (ref->count > 0)
		left = --ref->count;
	spin_unlock(&ref->lock);
	return left;
}

/* False with the lock held if it would be the last one, which is not put then. */
static inline int lockref_put_or_lock(struct lockref *ref)
{
	spin_lock(&ref->lock);
	if (ref->count <= 1)
		return 0;
	ref->count--;
	spin_unlock(&ref->lock);
	return 1;
}

/* With the lock held. */
static inline void lockref_mark_dead(struct lockref *ref)
{
	ref->count = -128;
}

static inline bool __lockref_is_dead(const struct lockref *ref)
{
	return ref->count < 0;
}

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Counts of references, with what happens at the end. */
#ifndef KT_CORE_LINUX_KREF_H
#define KT_CORE_LINUX_KREF_H

#include <kt/core/linux/refcount.h>

struct kref {
	refcount_t refcount;
};

#define KREF_INIT(n) { REFCOUNT_INIT(n) }

static inline void kref_init(struct kref *kref)
{
	refcount_set(&kref->refcount, 1);
}

static inline unsigned int kref_read(const struct kref *kref)
{
	return refcount_read(&kref->refcount);
}

static inline void kref_get(struct kref *kref)
{
	refcount_inc(&kref->refcount);
}

static inline int kref_get_unless_zero(struct kref *kref)
{
	return refcount_inc_not_zero(&kref->refcount);
}

/* 1 if it was the last one, and `release` was called. */
static inline int kref_put(struct kref *kref, void (*release)(struct kref *kref))
{
	if (!refcount_dec_and_test(&kref->refcount))
		return 0;
	release(kref);
	return 1;
}

static inline int kref_put_mutex(struct kref *kref, void (*release)(struct kref *kref), struct mutex *lock)
{
	if (!(refcount_dec_and_mutex_lock)(&kref->refcount, lock))
		return 0;
	release(kref);
	return 1;
}
#define kref_put_mutex(...) kref_put_mutex(__VA_OPT__(__kt_here(__VA_ARGS__)))

static inline int kref_put_lock(struct kref *kref, void (*release)(struct kref *kref), spinlock_t *lock)
{
	if (!refcount_dec_and_lock(&kref->refcount, lock))
		return 0;
	release(kref);
	return 1;
}

#endif

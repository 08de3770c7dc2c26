/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Reference counts with a release function. */
#ifndef KT_CORE_LINUX_KREF_H
#define KT_CORE_LINUX_KREF_H

#include <kt/core/linux/refcount.h>
#include <kt/core/linux/version.h>

/* Before 4.11 its count is a plain atomic_t; it is used in the same way. */
struct kref {
#if KT_SINCE(4, 11)
	refcount_t refcount;
#else
	atomic_t refcount;
#endif
};

#if KT_SINCE(4, 11)
#define KREF_INIT(n) { REFCOUNT_INIT(n) }
#define __kt_kref(kref) (&(kref)->refcount)
#else
#define __kt_kref(kref) ((refcount_t *)&(kref)->refcount)
#endif

static inline void kref_init(struct kref *kref)
{
	refcount_set(__kt_kref(kref), 1);
}

#if KT_SINCE(4, 11)
static inline unsigned int kref_read(const struct kref *kref)
{
	return refcount_read(__kt_kref(kref));
}
#endif

static inline void kref_get(struct kref *kref)
{
	kt_refcount_add(1, __kt_kref(kref), 0, "kref_get");
}

static inline int kref_get_unless_zero(struct kref *kref)
{
	return kt_refcount_add_not_zero(1, __kt_kref(kref), 0, "kref_get_unless_zero");
}

/* Returns 1 if it was the last reference and `release` was called. */
static inline int kref_put(struct kref *kref, void (*release)(struct kref *kref))
{
	if (!kt_refcount_sub_and_test(1, __kt_kref(kref), 0, "kref_put"))
		return 0;
	release(kref);
	return 1;
}

#if !KT_SINCE(4, 11)
static inline int kref_sub(struct kref *kref, unsigned int count, void (*release)(struct kref *kref))
{
	if (!kt_refcount_sub_and_test((int)count, __kt_kref(kref), 0, "kref_sub"))
		return 0;
	release(kref);
	return 1;
}
#endif

static inline int kref_put_mutex(struct kref *kref, void (*release)(struct kref *kref), struct mutex *lock)
{
	if (!kt_refcount_dec_and_mutex_lock(__kt_kref(kref), lock, "kref_put_mutex"))
		return 0;
	release(kref);
	return 1;
}
#define kref_put_mutex(...) kref_put_mutex(__VA_OPT__(__kt_here(__VA_ARGS__)))

static inline int kref_put_lock(struct kref *kref, void (*release)(struct kref *kref), spinlock_t *lock)
{
	if (!kt_refcount_dec_and_lock(__kt_kref(kref), lock, "kref_put_lock"))
		return 0;
	release(kref);
	return 1;
}

#endif

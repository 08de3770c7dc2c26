/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Allocates the smallest free numbers, for pointers (struct idr) or alone (struct ida). Look-ups in
 * an idr only need RCU; changes need a lock of the caller's. An ida has its own lock. shim/idr.c
 * has both, on linux/xarray.h.
 */
#ifndef KT_CORE_LINUX_IDR_H
#define KT_CORE_LINUX_IDR_H

#include <kt/core/linux/compiler.h>
#include <kt/core/linux/gfp.h>
#include <kt/core/linux/percpu.h>
#include <kt/core/linux/radix-tree.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

struct idr {
	struct radix_tree_root idr_rt;
	unsigned int idr_base;
	unsigned int idr_next; /* where idr_alloc_cyclic() goes on */
};

#define IDR_FREE 0
#define IDR_RT_MARKER (ROOT_IS_IDR | XA_FLAGS_MARK(IDR_FREE))
#define IDR_INIT_BASE(name, base) { XARRAY_INIT(name.idr_rt, IDR_RT_MARKER), (base), 0 }
#define IDR_INIT(name) IDR_INIT_BASE(name, 0)
#define DEFINE_IDR(name) struct idr name = IDR_INIT(name)

KT_BEGIN
/*
 * Allocates from `start` to before `end` (0: no end). Returns the number, -ENOSPC or -EINVAL. NULL
 * takes a number, too.
 */
int idr_alloc(struct idr *idr, void *pointer, int start, int end, gfp_t flags);
/* Allocates from *id to `max`, both included. Returns 0 and the number, or -ENOSPC. */
int idr_alloc_u32(struct idr *idr, void *pointer, u32 *id, unsigned long max, gfp_t flags);
/* Allocates after the last number; restarts at the begin when there is none. */
int idr_alloc_cyclic(struct idr *idr, void *pointer, int start, int end, gfp_t flags);
void *idr_find(const struct idr *idr, unsigned long id);
/* Returns the old pointer. */
void *idr_remove(struct idr *idr, unsigned long id);
/* Returns the old pointer, or ERR_PTR(-ENOENT). */
void *idr_replace(struct idr *idr, void *pointer, unsigned long id);
int idr_for_each(const struct idr *idr, int (*fn)(int id, void *pointer, void *data), void *data);
/* The first entry from *id on; stores its number. */
void *idr_get_next(struct idr *idr, int *id);
void *idr_get_next_ul(struct idr *idr, unsigned long *id);
void idr_destroy(struct idr *idr);
void idr_preload(gfp_t flags);
KT_END

static inline void idr_init_base(struct idr *idr, int base)
{
	xa_init_flags(&idr->idr_rt, IDR_RT_MARKER);
	idr->idr_base = (unsigned int)base;
	idr->idr_next = 0;
}

static inline void idr_init(struct idr *idr)
{
	idr_init_base(idr, 0);
}

static inline bool idr_is_empty(const struct idr *idr)
{
	return radix_tree_empty(&idr->idr_rt);
}

static inline unsigned int idr_get_cursor(const struct idr *idr)
{
	return READ_ONCE(idr->idr_next);
}

static inline void idr_set_cursor(struct idr *idr, unsigned int next)
{
	WRITE_ONCE(idr->idr_next, next);
}

static inline void idr_preload_end(void)
{
	preempt_enable();
}

#define idr_lock(idr) xa_lock(&(idr)->idr_rt)
#define idr_unlock(idr) xa_unlock(&(idr)->idr_rt)
#define idr_lock_bh(idr) xa_lock_bh(&(idr)->idr_rt)
#define idr_unlock_bh(idr) xa_unlock_bh(&(idr)->idr_rt)
#define idr_lock_irq(idr) xa_lock_irq(&(idr)->idr_rt)
#define idr_unlock_irq(idr) xa_unlock_irq(&(idr)->idr_rt)
#define idr_lock_irqsave(idr, flags) xa_lock_irqsave(&(idr)->idr_rt, flags)
#define idr_unlock_irqrestore(idr, flags) xa_unlock_irqrestore(&(idr)->idr_rt, flags)

#define idr_for_each_entry(idr, entry, id) \
	for ((id) = 0; ((entry) = (__typeof__(entry))idr_get_next(idr, &(id))) != NULL; ++(id))
#define idr_for_each_entry_continue(idr, entry, id) \
	for (; ((entry) = (__typeof__(entry))idr_get_next(idr, &(id))) != NULL; ++(id))
/* `next` is the next number to try: it wraps after the greatest. */
#define idr_for_each_entry_ul(idr, entry, next, id) \
	for ((next) = 0, (id) = 0; \
	     ((entry) = (next) <= (id) ? (__typeof__(entry))idr_get_next_ul(idr, &(id)) : NULL) != NULL; \
	     (next) = (id), ++(id))
#define idr_for_each_entry_continue_ul(idr, entry, next, id) \
	for ((next) = (id); \
	     ((entry) = (next) <= (id) ? (__typeof__(entry))idr_get_next_ul(idr, &(id)) : NULL) != NULL; \
	     (next) = (id), ++(id))

/* One bit for each number, 1024 bits in a block. */
#define IDA_CHUNK_SIZE 128
#define IDA_BITMAP_LONGS (IDA_CHUNK_SIZE / sizeof(long))
#define IDA_BITMAP_BITS (IDA_BITMAP_LONGS * sizeof(long) * 8)

struct ida_bitmap {
	unsigned long bitmap[IDA_BITMAP_LONGS];
};

struct ida {
	struct xarray xa;
};

#define IDA_INIT_FLAGS (XA_FLAGS_LOCK_IRQ | XA_FLAGS_ALLOC)
#define IDA_INIT(name) { XARRAY_INIT(name.xa, IDA_INIT_FLAGS) }
#define DEFINE_IDA(name) struct ida name = IDA_INIT(name)

KT_BEGIN
/* Allocates from `min` to `max`, both included. Returns the number, -ENOSPC or -ENOMEM. */
int ida_alloc_range(struct ida *ida, unsigned int min, unsigned int max, gfp_t flags);
/* Warns if the number is not in use. */
void ida_free(struct ida *ida, unsigned int id);
void ida_destroy(struct ida *ida);
/* The smallest in use from `min` to `max`, or -ENOENT. */
int ida_find_first_range(struct ida *ida, unsigned int min, unsigned int max);
KT_END

static inline void ida_init(struct ida *ida)
{
	xa_init_flags(&ida->xa, IDA_INIT_FLAGS);
}

#if KT_SINCE(4, 19)
static inline int ida_alloc(struct ida *ida, gfp_t flags)
{
	return ida_alloc_range(ida, 0, ~0u, flags);
}
#endif

static inline int ida_alloc_min(struct ida *ida, unsigned int min, gfp_t flags)
{
	return ida_alloc_range(ida, min, ~0u, flags);
}

static inline int ida_alloc_max(struct ida *ida, unsigned int max, gfp_t flags)
{
	return ida_alloc_range(ida, 0, max, flags);
}

static inline bool ida_is_empty(const struct ida *ida)
{
	return xa_empty(&ida->xa);
}

static inline bool ida_exists(struct ida *ida, unsigned int id)
{
	return ida_find_first_range(ida, id, id) == (int)id;
}

static inline int ida_find_first(struct ida *ida)
{
	return ida_find_first_range(ida, 0, ~0u);
}

/* The names before 4.19; `end` is excluded, and 0 means no end. */
#define ida_simple_get(ida, start, end, flags) ida_alloc_range(ida, start, (end)-1, flags)
#define ida_simple_remove(ida, id) ida_free(ida, id)

#endif

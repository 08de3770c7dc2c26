/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Sparse arrays of pointers, indexed by unsigned long: a tree of nodes with 64 slots each. A
 * look-up takes a step for each six bits of the greatest index. Readers only need RCU; writers hold
 * the array's lock, which the functions without the prefixes `__` and `xas_` take themselves.
 *
 * An entry is a pointer whose two low bits are 0, a value (bit 0 is 1), or internal (the two low
 * bits are 10): a node, or one of the special entries below. shim/xarray/ has the tree.
 */
#ifndef KT_CORE_LINUX_XARRAY_H
#define KT_CORE_LINUX_XARRAY_H

#include <kt/core/linux/bitmap.h>
#include <kt/core/linux/bug.h>
#include <kt/core/linux/compiler.h>
#include <kt/core/linux/err.h>
#include <kt/core/linux/gfp.h>
#include <kt/core/linux/limits.h>
#include <kt/core/linux/list.h>
#include <kt/core/linux/rcupdate.h>
#include <kt/core/linux/spinlock.h>
#include <kt/core/linux/types.h>

typedef unsigned int xa_mark_t;
#define XA_MARK_0 0U
#define XA_MARK_1 1U
#define XA_MARK_2 2U
#define XA_PRESENT 8U
#define XA_MARK_MAX XA_MARK_2
#define XA_FREE_MARK XA_MARK_0
#define XA_MAX_MARKS 3
#define XA_CHUNK_SHIFT 6
#define XA_CHUNK_SIZE (1UL << XA_CHUNK_SHIFT)
#define XA_CHUNK_MASK (XA_CHUNK_SIZE - 1)
#define XA_MARK_LONGS 1
#define BITS_PER_XA_VALUE (BITS_PER_LONG - 1)

/* How the lock is taken. With TRACK_FREE, each index without an entry has mark 0. */
#define XA_FLAGS_LOCK_IRQ 1U
#define XA_FLAGS_LOCK_BH 2U
#define XA_FLAGS_TRACK_FREE 4U
#define XA_FLAGS_ZERO_BUSY 8U
#define XA_FLAGS_ALLOC_WRAPPED 16U
#define XA_FLAGS_ACCOUNT 32U
#define XA_FLAGS_MARK(mark) (1U << (27 + (mark)))
#define XA_FLAGS_ALLOC (XA_FLAGS_TRACK_FREE | XA_FLAGS_MARK(XA_FREE_MARK))
#define XA_FLAGS_ALLOC1 (XA_FLAGS_TRACK_FREE | XA_FLAGS_ZERO_BUSY)

struct xarray {
	spinlock_t xa_lock;
	gfp_t xa_flags;
	void *xa_head;
};

#define XARRAY_INIT(name, flags) { __SPIN_LOCK_UNLOCKED(name.xa_lock), (flags), 0 }
#define DEFINE_XARRAY_FLAGS(name, flags) struct xarray name = XARRAY_INIT(name, flags)
#define DEFINE_XARRAY(name) DEFINE_XARRAY_FLAGS(name, 0)
#define DEFINE_XARRAY_ALLOC(name) DEFINE_XARRAY_FLAGS(name, XA_FLAGS_ALLOC)
#define DEFINE_XARRAY_ALLOC1(name) DEFINE_XARRAY_FLAGS(name, XA_FLAGS_ALLOC1)

struct xa_node {
	unsigned char shift;  /* how many bits of the index are below this node's */
	unsigned char offset; /* its slot in the parent */
	unsigned char count;  /* slots that have something */
	unsigned char nr_values;
	struct xa_node *parent;
	struct xarray *array;
	union {
		struct list_head private_list; /* its user's */
		struct rcu_head rcu_head;
	};
	void *slots[64];
	union {
		unsigned long tags[XA_MAX_MARKS][XA_MARK_LONGS];
		unsigned long marks[XA_MAX_MARKS][XA_MARK_LONGS];
	};
};

struct xa_limit {
	u32 max;
	u32 min;
};
#ifdef __cplusplus
#define XA_LIMIT(from, to) (xa_limit{ (to), (from) })
#else
#define XA_LIMIT(from, to) (struct xa_limit){ .max = (to), .min = (from) }
#endif
#define xa_limit_32b XA_LIMIT(0, UINT_MAX)
#define xa_limit_31b XA_LIMIT(0, INT_MAX)
#define xa_limit_16b XA_LIMIT(0, USHRT_MAX)

/* The kinds of entries. */
static inline void *xa_mk_value(unsigned long value)
{
	WARN_ON((long)value < 0);
	return (void *)(value << 1 | 1);
}

static inline unsigned long xa_to_value(const void *entry)
{
	return (unsigned long)entry >> 1;
}

static inline bool xa_is_value(const void *entry)
{
	return (unsigned long)entry & 1;
}

static inline void *xa_tag_pointer(void *pointer, unsigned long tag)
{
	return (void *)((unsigned long)pointer | tag);
}

static inline void *xa_untag_pointer(void *entry)
{
	return (void *)((unsigned long)entry & ~3UL);
}

static inline unsigned int xa_pointer_tag(void *entry)
{
	return (unsigned long)entry & 3;
}

static inline void *xa_mk_internal(unsigned long number)
{
	return (void *)(number << 2 | 2);
}

static inline unsigned long xa_to_internal(const void *entry)
{
	return (unsigned long)entry >> 2;
}

static inline bool xa_is_internal(const void *entry)
{
	return ((unsigned long)entry & 3) == 2;
}

/*
 * Readers that see the first restart. The second is a reservation: NULL for readers, but not free
 * for allocations.
 */
#define XA_RETRY_ENTRY xa_mk_internal(256)
#define XA_ZERO_ENTRY xa_mk_internal(257)

static inline bool xa_is_retry(const void *entry)
{
	return unlikely(entry == XA_RETRY_ENTRY);
}

static inline bool xa_is_zero(const void *entry)
{
	return unlikely(entry == XA_ZERO_ENTRY);
}

static inline bool xa_is_advanced(const void *entry)
{
	return xa_is_internal(entry) && entry <= XA_RETRY_ENTRY;
}

static inline bool xa_is_node(const void *entry)
{
	return xa_is_internal(entry) && (unsigned long)entry > 4096;
}

static inline struct xa_node *xa_to_node(const void *entry)
{
	return (struct xa_node *)((unsigned long)entry - 2);
}

static inline void *xa_mk_node(const struct xa_node *node)
{
	return (void *)((unsigned long)node | 2);
}

/* A sibling slot of a multi-index entry: the number of the slot with the entry. */
static inline void *xa_mk_sibling(unsigned int offset)
{
	return xa_mk_internal(offset);
}

static inline unsigned long xa_to_sibling(const void *entry)
{
	return xa_to_internal(entry);
}

static inline bool xa_is_sibling(const void *entry)
{
	return xa_is_internal(entry) && entry < xa_mk_sibling(XA_CHUNK_SIZE - 1);
}

static inline bool xa_is_err(const void *entry)
{
	return unlikely(xa_is_internal(entry) && entry >= xa_mk_internal(-MAX_ERRNO));
}

static inline int xa_err(void *entry)
{
	return xa_is_err(entry) ? (int)((long)entry >> 2) : 0;
}

static inline void xa_init_flags(struct xarray *xa, gfp_t flags)
{
	spin_lock_init(&xa->xa_lock);
	xa->xa_flags = flags;
	xa->xa_head = NULL;
}

static inline void xa_init(struct xarray *xa)
{
	xa_init_flags(xa, 0);
}

static inline bool xa_empty(const struct xarray *xa)
{
	return READ_ONCE(xa->xa_head) == NULL;
}

static inline bool xa_marked(const struct xarray *xa, xa_mark_t mark)
{
	return xa->xa_flags & XA_FLAGS_MARK(mark);
}

#define xa_lock(xa) spin_lock(&(xa)->xa_lock)
#define xa_unlock(xa) spin_unlock(&(xa)->xa_lock)
#define xa_trylock(xa) spin_trylock(&(xa)->xa_lock)
#define xa_lock_bh(xa) spin_lock_bh(&(xa)->xa_lock)
#define xa_unlock_bh(xa) spin_unlock_bh(&(xa)->xa_lock)
#define xa_lock_irq(xa) spin_lock_irq(&(xa)->xa_lock)
#define xa_unlock_irq(xa) spin_unlock_irq(&(xa)->xa_lock)
#define xa_lock_irqsave(xa, flags) spin_lock_irqsave(&(xa)->xa_lock, flags)
#define xa_unlock_irqrestore(xa, flags) spin_unlock_irqrestore(&(xa)->xa_lock, flags)
#define xa_lock_nested(xa, subclass) xa_lock(xa)
#define xa_lock_bh_nested(xa, subclass) xa_lock_bh(xa)
#define xa_lock_irq_nested(xa, subclass) xa_lock_irq(xa)
#define xa_lock_irqsave_nested(xa, flags, subclass) xa_lock_irqsave(xa, flags)

KT_BEGIN
void *xa_load(struct xarray *xa, unsigned long index);
void *xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t flags);
void *xa_erase(struct xarray *xa, unsigned long index);
void *xa_store_range(struct xarray *xa, unsigned long first, unsigned long last, void *entry, gfp_t flags);
bool xa_get_mark(struct xarray *xa, unsigned long index, xa_mark_t mark);
void xa_set_mark(struct xarray *xa, unsigned long index, xa_mark_t mark);
void xa_clear_mark(struct xarray *xa, unsigned long index, xa_mark_t mark);
void *xa_find(struct xarray *xa, unsigned long *index, unsigned long max, xa_mark_t filter);
void *xa_find_after(struct xarray *xa, unsigned long *index, unsigned long max, xa_mark_t filter);
unsigned int xa_extract(struct xarray *xa, void **to, unsigned long start, unsigned long max, unsigned int n,
			xa_mark_t filter);
void xa_destroy(struct xarray *xa);
int xa_get_order(struct xarray *xa, unsigned long index);
/* Call it with the lock held; it drops the lock while it waits for memory. */
void *__xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t flags);
void *__xa_erase(struct xarray *xa, unsigned long index);
void *__xa_cmpxchg(struct xarray *xa, unsigned long index, void *old, void *entry, gfp_t flags);
int __xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t flags);
int __xa_alloc(struct xarray *xa, u32 *id, void *entry, struct xa_limit limit, gfp_t flags);
int __xa_alloc_cyclic(struct xarray *xa, u32 *id, void *entry, struct xa_limit limit, u32 *next, gfp_t flags);
void __xa_set_mark(struct xarray *xa, unsigned long index, xa_mark_t mark);
void __xa_clear_mark(struct xarray *xa, unsigned long index, xa_mark_t mark);
KT_END

/* The functions that take the lock, in its three variants. */
#define __KT_XA_LOCKED(suffix) \
	static inline void *xa_cmpxchg##suffix(struct xarray *xa, unsigned long index, void *old, void *entry, gfp_t flags) \
	{ \
		void *was; \
		xa_lock##suffix(xa); \
		was = __xa_cmpxchg(xa, index, old, entry, flags); \
		xa_unlock##suffix(xa); \
		return was; \
	} \
	static inline int __must_check xa_insert##suffix(struct xarray *xa, unsigned long index, void *entry, gfp_t flags) \
	{ \
		int error; \
		xa_lock##suffix(xa); \
		error = __xa_insert(xa, index, entry, flags); \
		xa_unlock##suffix(xa); \
		return error; \
	} \
	static inline __must_check int xa_alloc##suffix(struct xarray *xa, u32 *id, void *entry, struct xa_limit limit, \
							gfp_t flags) \
	{ \
		int error; \
		xa_lock##suffix(xa); \
		error = __xa_alloc(xa, id, entry, limit, flags); \
		xa_unlock##suffix(xa); \
		return error; \
	} \
	static inline int xa_alloc_cyclic##suffix(struct xarray *xa, u32 *id, void *entry, struct xa_limit limit, u32 *next, \
						  gfp_t flags) \
	{ \
		int error; \
		xa_lock##suffix(xa); \
		error = __xa_alloc_cyclic(xa, id, entry, limit, next, flags); \
		xa_unlock##suffix(xa); \
		return error; \
	} \
	/* An entry for the index, which still reads as NULL. */ \
	static inline __must_check int xa_reserve##suffix(struct xarray *xa, unsigned long index, gfp_t flags) \
	{ \
		return xa_err(xa_cmpxchg##suffix(xa, index, NULL, XA_ZERO_ENTRY, flags)); \
	}
__KT_XA_LOCKED()
__KT_XA_LOCKED(_bh)
__KT_XA_LOCKED(_irq)

#define __KT_XA_STORE(suffix) \
	static inline void *xa_store##suffix(struct xarray *xa, unsigned long index, void *entry, gfp_t flags) \
	{ \
		void *was; \
		xa_lock##suffix(xa); \
		was = __xa_store(xa, index, entry, flags); \
		xa_unlock##suffix(xa); \
		return was; \
	} \
	static inline void *xa_erase##suffix(struct xarray *xa, unsigned long index) \
	{ \
		void *was; \
		xa_lock##suffix(xa); \
		was = __xa_erase(xa, index); \
		xa_unlock##suffix(xa); \
		return was; \
	}
__KT_XA_STORE(_bh)
__KT_XA_STORE(_irq)

/* Releases a reservation to which nothing was stored. */
static inline void xa_release(struct xarray *xa, unsigned long index)
{
	xa_cmpxchg(xa, index, XA_ZERO_ENTRY, NULL, 0);
}

#define xa_for_each_range(xa, index, entry, start, last) \
	for ((index) = (start), (entry) = (__typeof__(entry))xa_find(xa, &(index), last, XA_PRESENT); (entry); \
	     (entry) = (__typeof__(entry))xa_find_after(xa, &(index), last, XA_PRESENT))
#define xa_for_each_start(xa, index, entry, start) xa_for_each_range(xa, index, entry, start, ULONG_MAX)
#define xa_for_each(xa, index, entry) xa_for_each_start(xa, index, entry, 0)
#define xa_for_each_marked(xa, index, entry, filter) \
	for ((index) = 0, (entry) = (__typeof__(entry))xa_find(xa, &(index), ULONG_MAX, filter); (entry); \
	     (entry) = (__typeof__(entry))xa_find_after(xa, &(index), ULONG_MAX, filter))

/* The advanced API: a cursor, whose user takes the locks. */
struct list_lru;
typedef void (*xa_update_node_t)(struct xa_node *node);

struct xa_state {
	struct xarray *xa;
	unsigned long xa_index;
	unsigned char xa_shift; /* of an entry with several indices: the node's, and how many slots more */
	unsigned char xa_sibs;
	unsigned char xa_offset;
	unsigned char xa_pad;
	struct xa_node *xa_node; /* NULL: the head itself is the entry; or one of those below */
	struct xa_node *xa_alloc;
	xa_update_node_t xa_update;
	struct list_lru *xa_lru;
};

/* The low bits distinguish an error from a node. */
#define XA_ERROR(errno) ((struct xa_node *)(((unsigned long)(errno) << 2) | 2UL))
#define XAS_BOUNDS ((struct xa_node *)1UL)
#define XAS_RESTART ((struct xa_node *)3UL)

#define __XA_STATE(array, index, shift, sibs) { (array), (index), (shift), (sibs), 0, 0, XAS_RESTART, NULL, NULL, NULL }
#define XA_STATE(name, array, index) struct xa_state name = __XA_STATE(array, index, 0, 0)
#define XA_STATE_ORDER(name, array, index, order) \
	struct xa_state name = \
		__XA_STATE(array, (index) >> (order) << (order), (unsigned char)((order) - (order) % XA_CHUNK_SHIFT), \
			   (unsigned char)((1U << (order) % XA_CHUNK_SHIFT) - 1))

#define xas_marked(xas, mark) xa_marked((xas)->xa, (mark))
#define xas_trylock(xas) xa_trylock((xas)->xa)
#define xas_lock(xas) xa_lock((xas)->xa)
#define xas_unlock(xas) xa_unlock((xas)->xa)
#define xas_lock_bh(xas) xa_lock_bh((xas)->xa)
#define xas_unlock_bh(xas) xa_unlock_bh((xas)->xa)
#define xas_lock_irq(xas) xa_lock_irq((xas)->xa)
#define xas_unlock_irq(xas) xa_unlock_irq((xas)->xa)
#define xas_lock_irqsave(xas, flags) xa_lock_irqsave((xas)->xa, flags)
#define xas_unlock_irqrestore(xas, flags) xa_unlock_irqrestore((xas)->xa, flags)

KT_BEGIN
void *xas_load(struct xa_state *xas);
void *xas_store(struct xa_state *xas, void *entry);
void *xas_find(struct xa_state *xas, unsigned long max);
void *xas_find_conflict(struct xa_state *xas);
void *xas_find_marked(struct xa_state *xas, unsigned long max, xa_mark_t mark);
bool xas_get_mark(const struct xa_state *xas, xa_mark_t mark);
void xas_set_mark(const struct xa_state *xas, xa_mark_t mark);
void xas_clear_mark(const struct xa_state *xas, xa_mark_t mark);
void xas_init_marks(const struct xa_state *xas);
bool xas_nomem(struct xa_state *xas, gfp_t flags);
void xas_destroy(struct xa_state *xas);
void xas_pause(struct xa_state *xas);
void xas_create_range(struct xa_state *xas);
int xas_get_order(struct xa_state *xas);
void xas_split(struct xa_state *xas, void *entry, unsigned int order);
void xas_split_alloc(struct xa_state *xas, void *entry, unsigned int order, gfp_t flags);
void xa_delete_node(struct xa_node *node, xa_update_node_t update);
void *__xas_next(struct xa_state *xas);
void *__xas_prev(struct xa_state *xas);
KT_END

static inline bool xas_invalid(const struct xa_state *xas)
{
	return (unsigned long)xas->xa_node & 3;
}

static inline bool xas_valid(const struct xa_state *xas)
{
	return !xas_invalid(xas);
}

static inline int xas_error(const struct xa_state *xas)
{
	return xa_err(xas->xa_node);
}

static inline void xas_set_err(struct xa_state *xas, long error)
{
	xas->xa_node = XA_ERROR(error);
}

/* Neither in a node nor at the head: not started, or nothing found, or an error. */
static inline bool xas_not_node(struct xa_node *node)
{
	return (unsigned long)node & 3 || !node;
}

static inline bool xas_is_node(const struct xa_state *xas)
{
	return xas_valid(xas) && xas->xa_node;
}

/* An error, or after the array's end. */
static inline bool xas_frozen(struct xa_node *node)
{
	return (unsigned long)node & 2;
}

/* The start of a walk: the head. */
static inline bool xas_top(struct xa_node *node)
{
	return node <= XAS_RESTART;
}

static inline void xas_reset(struct xa_state *xas)
{
	xas->xa_node = XAS_RESTART;
}

/* True if the entry says "retry", after a change under the reader; then restarts the walk. */
static inline bool xas_retry(struct xa_state *xas, const void *entry)
{
	if (xa_is_zero(entry))
		return true;
	if (!xa_is_retry(entry))
		return false;
	xas_reset(xas);
	return true;
}

static inline void xas_set(struct xa_state *xas, unsigned long index)
{
	xas->xa_index = index;
	xas->xa_node = XAS_RESTART;
}

static inline void xas_advance(struct xa_state *xas, unsigned long index)
{
	unsigned int shift = xas_is_node(xas) ? xas->xa_node->shift : 0;

	xas->xa_index = index;
	xas->xa_offset = (index >> shift) & XA_CHUNK_MASK;
}

static inline void xas_set_order(struct xa_state *xas, unsigned long index, unsigned int order)
{
	xas->xa_index = order < BITS_PER_LONG ? index >> order << order : 0;
	xas->xa_shift = (unsigned char)(order - order % XA_CHUNK_SHIFT);
	xas->xa_sibs = (unsigned char)((1U << order % XA_CHUNK_SHIFT) - 1);
	xas->xa_node = XAS_RESTART;
}

static inline void xas_set_update(struct xa_state *xas, xa_update_node_t update)
{
	xas->xa_update = update;
}

static inline void xas_set_lru(struct xa_state *xas, struct list_lru *lru)
{
	xas->xa_lru = lru;
}

static inline void *xa_head(const struct xarray *xa)
{
	return rcu_dereference(xa->xa_head);
}

static inline void *xa_head_locked(const struct xarray *xa)
{
	return xa->xa_head;
}

static inline void *xa_entry(const struct xarray *xa, const struct xa_node *node, unsigned int offset)
{
	(void)xa;
	return rcu_dereference(node->slots[offset]);
}

static inline void *xa_entry_locked(const struct xarray *xa, const struct xa_node *node, unsigned int offset)
{
	(void)xa;
	return node->slots[offset];
}

static inline struct xa_node *xa_parent(const struct xarray *xa, const struct xa_node *node)
{
	(void)xa;
	return rcu_dereference(node->parent);
}

static inline struct xa_node *xa_parent_locked(const struct xarray *xa, const struct xa_node *node)
{
	(void)xa;
	return node->parent;
}

/* Reloads the entry at the cursor. */
static inline void *xas_reload(struct xa_state *xas)
{
	struct xa_node *node = xas->xa_node;
	void *entry;
	unsigned int offset = xas->xa_offset;

	if (!node)
		return xa_head(xas->xa);
	if (node->shift == 0)
		offset = xas->xa_index & XA_CHUNK_MASK;
	entry = xa_entry(xas->xa, node, offset);
	return xa_is_sibling(entry) ? xa_entry(xas->xa, node, (unsigned int)xa_to_sibling(entry)) : entry;
}

/* Like xas_find() and so on, but without a call within one leaf. */
static inline void *xas_next_entry(struct xa_state *xas, unsigned long max)
{
	struct xa_node *node = xas->xa_node;

	while (!xas_not_node(node) && !node->shift && xas->xa_offset == (xas->xa_index & XA_CHUNK_MASK)) {
		void *entry;

		if (xas->xa_index >= max || xas->xa_offset == XA_CHUNK_MASK)
			break;
		entry = xa_entry(xas->xa, node, xas->xa_offset + 1U);
		if (xa_is_internal(entry))
			break;
		xas->xa_offset++;
		xas->xa_index++;
		if (entry)
			return entry;
	}
	return xas_find(xas, max);
}

static inline void *xas_next_marked(struct xa_state *xas, unsigned long max, xa_mark_t mark)
{
	return xas_find_marked(xas, max, mark);
}

#define xas_for_each(xas, entry, max) \
	for (entry = (__typeof__(entry))xas_find(xas, max); entry; entry = (__typeof__(entry))xas_next_entry(xas, max))
#define xas_for_each_marked(xas, entry, max, mark) \
	for (entry = (__typeof__(entry))xas_find_marked(xas, max, mark); entry; \
	     entry = (__typeof__(entry))xas_next_marked(xas, max, mark))
#define xas_for_each_conflict(xas, entry) while ((entry = (__typeof__(entry))xas_find_conflict(xas)))

/* The neighbouring index, whether or not it has an entry. */
static inline void *xas_prev(struct xa_state *xas)
{
	struct xa_node *node = xas->xa_node;

	if (xas_not_node(node) || node->shift || xas->xa_offset != (xas->xa_index & XA_CHUNK_MASK) || !xas->xa_offset)
		return __xas_prev(xas);
	xas->xa_index--;
	xas->xa_offset--;
	return xa_entry(xas->xa, node, xas->xa_offset);
}

static inline void *xas_next(struct xa_state *xas)
{
	struct xa_node *node = xas->xa_node;

	if (xas_not_node(node) || node->shift || xas->xa_offset != (xas->xa_index & XA_CHUNK_MASK) ||
	    xas->xa_offset == XA_CHUNK_MASK)
		return __xas_next(xas);
	xas->xa_index++;
	xas->xa_offset++;
	return xa_entry(xas->xa, node, xas->xa_offset);
}

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The older interface to xarrays: inserting at an index in use fails, and the caller locks. A tag
 * is a mark.
 */
#ifndef KT_CORE_LINUX_RADIX_TREE_H
#define KT_CORE_LINUX_RADIX_TREE_H

#include <kt/core/linux/gfp.h>
#include <kt/core/linux/preempt.h>
#include <kt/core/linux/rcupdate.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/xarray.h>

#define radix_tree_root xarray
#define radix_tree_node xa_node

#define ROOT_IS_IDR XA_FLAGS_TRACK_FREE
#define RADIX_TREE_ENTRY_MASK 3UL
#define RADIX_TREE_INTERNAL_NODE 2UL
#define RADIX_TREE_MAX_TAGS XA_MAX_MARKS
#define RADIX_TREE_TAG_LONGS XA_MARK_LONGS
#define RADIX_TREE_MAP_SHIFT XA_CHUNK_SHIFT
#define RADIX_TREE_MAP_SIZE (1UL << RADIX_TREE_MAP_SHIFT)
#define RADIX_TREE_MAP_MASK (RADIX_TREE_MAP_SIZE - 1)
#define RADIX_TREE_INDEX_BITS (8 * sizeof(unsigned long))
#define RADIX_TREE_MAX_PATH DIV_ROUND_UP(RADIX_TREE_INDEX_BITS, RADIX_TREE_MAP_SHIFT)

#define RADIX_TREE_INIT(name, flags) XARRAY_INIT(name, 0)
#define RADIX_TREE(name, flags) struct radix_tree_root name = RADIX_TREE_INIT(name, flags)
#define INIT_RADIX_TREE(root, flags) ((void)(flags), xa_init_flags(root, 0))

struct radix_tree_iter {
	unsigned long index;
	unsigned long next_index; /* where the walk goes on; 0: nowhere */
	unsigned long tags;
	struct radix_tree_node *node;
};

#define RADIX_TREE_ITER_TAG_MASK 0x0fu
#define RADIX_TREE_ITER_TAGGED 0x10u
#define RADIX_TREE_ITER_CONTIG 0x20u

KT_BEGIN
/* 0, -EEXIST. */
int radix_tree_insert(struct radix_tree_root *root, unsigned long index, void *entry);
void *radix_tree_lookup(const struct radix_tree_root *root, unsigned long index);
void **radix_tree_lookup_slot(const struct radix_tree_root *root, unsigned long index);
void *radix_tree_delete(struct radix_tree_root *root, unsigned long index);
/* Deletes the entry if it is this one, or any if `entry` is NULL. */
void *radix_tree_delete_item(struct radix_tree_root *root, unsigned long index, void *entry);
void radix_tree_replace_slot(struct radix_tree_root *root, void **slot, void *entry);
unsigned int radix_tree_gang_lookup(const struct radix_tree_root *root, void **to, unsigned long first, unsigned int n);
unsigned int radix_tree_gang_lookup_tag(const struct radix_tree_root *root, void **to, unsigned long first,
					unsigned int n, unsigned int tag);
unsigned int radix_tree_gang_lookup_tag_slot(const struct radix_tree_root *root, void ***to, unsigned long first,
					     unsigned int n, unsigned int tag);
void *radix_tree_tag_set(struct radix_tree_root *root, unsigned long index, unsigned int tag);
void *radix_tree_tag_clear(struct radix_tree_root *root, unsigned long index, unsigned int tag);
int radix_tree_tag_get(const struct radix_tree_root *root, unsigned long index, unsigned int tag);
int radix_tree_tagged(const struct radix_tree_root *root, unsigned int tag);
/* The next entry's slot, from iter->next_index on. */
void **radix_tree_next_chunk(const struct radix_tree_root *root, struct radix_tree_iter *iter, unsigned int flags);
void radix_tree_iter_delete(struct radix_tree_root *root, struct radix_tree_iter *iter, void **slot);
void radix_tree_iter_replace(struct radix_tree_root *root, const struct radix_tree_iter *iter, void **slot, void *entry);
void radix_tree_iter_tag_clear(struct radix_tree_root *root, const struct radix_tree_iter *iter, unsigned int tag);
KT_END

static inline bool radix_tree_empty(const struct radix_tree_root *root)
{
	return xa_empty(root);
}

static inline bool radix_tree_is_internal_node(void *entry)
{
	return xa_is_internal(entry);
}

static inline void *radix_tree_deref_slot(void **slot)
{
	return rcu_dereference(*slot);
}

static inline void *radix_tree_deref_slot_protected(void **slot, spinlock_t *lock)
{
	(void)lock;
	return *slot;
}

static inline int radix_tree_deref_retry(void *entry)
{
	return unlikely(radix_tree_is_internal_node(entry));
}

static inline int radix_tree_exception(void *entry)
{
	return ((unsigned long)entry & RADIX_TREE_ENTRY_MASK) != 0;
}

/* Preloading is not needed here; only the sections are the kernel's. */
static inline int radix_tree_preload(gfp_t flags)
{
	(void)flags;
	preempt_disable();
	return 0;
}

static inline int radix_tree_maybe_preload(gfp_t flags)
{
	return radix_tree_preload(flags);
}

static inline void radix_tree_preload_end(void)
{
	preempt_enable();
}

static inline void **radix_tree_iter_init(struct radix_tree_iter *iter, unsigned long start)
{
	iter->index = 0;
	iter->next_index = start;
	iter->tags = 0;
	iter->node = NULL;
	return NULL;
}

static inline void **radix_tree_iter_lookup(const struct radix_tree_root *root, struct radix_tree_iter *iter,
					    unsigned long index)
{
	radix_tree_iter_init(iter, index);
	return radix_tree_next_chunk(root, iter, RADIX_TREE_ITER_CONTIG);
}

/* Retries the same index. */
static inline __must_check void **radix_tree_iter_retry(struct radix_tree_iter *iter)
{
	iter->next_index = iter->index;
	iter->tags = 0;
	return NULL;
}

/* For a walk that released the lock. */
static inline __must_check void **radix_tree_iter_resume(void **slot, struct radix_tree_iter *iter)
{
	(void)slot;
	iter->next_index = iter->index + 1;
	iter->tags = 0;
	return NULL;
}

/* Each entry is looked up from the root. */
static inline void **radix_tree_next_slot(void **slot, struct radix_tree_iter *iter, unsigned int flags)
{
	(void)flags;
	return radix_tree_iter_resume(slot, iter);
}

static inline long radix_tree_chunk_size(struct radix_tree_iter *iter)
{
	(void)iter;
	return 1;
}

#define radix_tree_for_each_slot(slot, root, iter, start) \
	for (slot = radix_tree_iter_init(iter, start); slot || (slot = radix_tree_next_chunk(root, iter, 0)); \
	     slot = radix_tree_next_slot(slot, iter, 0))
#define radix_tree_for_each_tagged(slot, root, iter, start, tag) \
	for (slot = radix_tree_iter_init(iter, start); \
	     slot || (slot = radix_tree_next_chunk(root, iter, RADIX_TREE_ITER_TAGGED | (tag))); \
	     slot = radix_tree_next_slot(slot, iter, RADIX_TREE_ITER_TAGGED | (tag)))

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * linux/xarray.h: a radix tree of six bits a level. What the files of this folder share.
 *
 * The head is NULL, the one entry of index 0, or the root node. A node at `shift` has slots of
 * 2^shift indices each; a slot has nothing, a child (whose shift is six less), an entry for all
 * these indices, or the number of a slot before it, which has the entry for both. Nodes are as few
 * as may be: one that gets empty goes, and so does a root with nothing but its first slot.
 *
 * A mark of a slot is the sum of those of its child; a mark of the root is in the array's flags.
 *
 * A cursor (struct xa_state) stands at a slot of a node, whose indices have `xa_index` among them.
 * Those who only read see nodes that writers have taken away: their memory stays until a grace
 * period is over, and their entries say "retry".
 */
#ifndef KT_SHIM_XARRAY_H
#define KT_SHIM_XARRAY_H

#include <kt/core/linux/bitops.h>
#include <kt/core/linux/bug.h>
#include <kt/core/linux/slab.h>
#include <kt/core/linux/string.h>
#include <kt/core/linux/xarray.h>

#define EACH_MARK(mark) (xa_mark_t mark = 0; mark < XA_MAX_MARKS; mark++)

static inline bool tracks_free(const struct xarray *xa)
{
	return xa->xa_flags & XA_FLAGS_TRACK_FREE;
}

static inline bool keeps_zero_busy(const struct xarray *xa)
{
	return xa->xa_flags & XA_FLAGS_ZERO_BUSY;
}

/* Marks of one slot. */

static inline bool slot_marked(const struct xa_node *node, unsigned int slot, xa_mark_t mark)
{
	return READ_ONCE(node->marks[mark][0]) >> slot & 1;
}

static inline void set_slot_mark(struct xa_node *node, unsigned int slot, xa_mark_t mark, bool to)
{
	unsigned long bit = 1UL << slot;

	WRITE_ONCE(node->marks[mark][0], to ? node->marks[mark][0] | bit : node->marks[mark][0] & ~bit);
}

static inline void set_root_mark(struct xarray *xa, xa_mark_t mark, bool to)
{
	xa->xa_flags = to ? xa->xa_flags | XA_FLAGS_MARK(mark) : xa->xa_flags & ~XA_FLAGS_MARK(mark);
}

/* From a slot up to the root: as far as the sum changes. */
static inline void mark_up(struct xarray *xa, struct xa_node *node, unsigned int slot, xa_mark_t mark, bool to)
{
	for (; node; slot = node->offset, node = node->parent) {
		if (slot_marked(node, slot, mark) == to)
			return;
		set_slot_mark(node, slot, mark, to);
		if (!to && node->marks[mark][0])
			return;
	}
	set_root_mark(xa, mark, to);
}

/* Indices. */

static inline unsigned int slot_of(unsigned long index, unsigned int shift)
{
	return (unsigned int)(index >> shift) & XA_CHUNK_MASK;
}

/* What is left of an index above so many bits, which may be all. */
static inline unsigned long above(unsigned long index, unsigned int bits)
{
	return bits < BITS_PER_LONG ? index >> bits : 0;
}

/* The greatest index below an entry of the head. */
static inline unsigned long reach(const void *head)
{
	unsigned int bits = xa_is_node(head) ? xa_to_node(head)->shift + XA_CHUNK_SHIFT : 0;

	return bits < BITS_PER_LONG ? (1UL << bits) - 1 : ULONG_MAX;
}

/*
 * The last index that a store by this cursor fills; one more, if it would fill a whole node: it is
 * to be a slot then.
 */
static inline unsigned long last_index(const struct xa_state *xas)
{
	unsigned long more = (((unsigned long)xas->xa_sibs + 1) << xas->xa_shift) - 1;
	unsigned long last = xas->xa_index | more;

	return more && last == more && last != ULONG_MAX ? last + 1 : last;
}

/* Moves the cursor to the first index of a slot of its node. */
static inline void stand_at(struct xa_state *xas, unsigned int slot)
{
	unsigned int shift = xas->xa_node->shift;

	xas->xa_offset = (unsigned char)slot;
	xas->xa_index = (xas->xa_index & ~(XA_CHUNK_MASK << shift)) >> shift << shift;
	xas->xa_index += (unsigned long)slot << shift;
}

/* To the slot behind; false at the end of all indices. */
static inline bool step(struct xa_state *xas)
{
	unsigned long behind = (xas->xa_index | ((1UL << xas->xa_node->shift) - 1)) + 1;

	xas->xa_index = behind;
	xas->xa_offset++;
	return behind != 0;
}

static inline void *beyond(struct xa_state *xas)
{
	xas->xa_node = XAS_BOUNDS;
	return NULL;
}

/* Of nodes.c. */
void kt_xa_tell_user(struct xa_state *xas, struct xa_node *node);
struct xa_node *kt_xa_fresh_node(gfp_t flags);

/* A node for where the cursor stands, or NULL and the cursor has the error. */
struct xa_node *kt_xa_new_node(struct xa_state *xas, unsigned int shift);

/* Frees nodes with all below them. Readers inside begin anew. */
void kt_xa_free_subtree(struct xa_state *xas, struct xa_node *node);

/* Takes away the cursor's node, if it is empty, and those above that get empty by it. */
void kt_xa_prune(struct xa_state *xas);

/* As xas_nomem(), for who holds the lock, which is let go meanwhile if memory may be waited for. */
bool kt_xa_nomem(struct xa_state *xas, gfp_t flags);

/* Of cursor.c. */

/* The entry of the cursor's index in this node, where the cursor stands now. */
void *kt_xa_descend(struct xa_state *xas, struct xa_node *node);

/* The head, if the index is below it. */
void *kt_xa_from_head(struct xa_state *xas);

/* Makes the nodes down to the cursor's slot: what is in it. `head`: it may be the head itself. */
void *kt_xa_make_slot(struct xa_state *xas, bool head);

#endif

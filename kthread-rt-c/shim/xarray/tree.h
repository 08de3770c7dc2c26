/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * linux/xarray.h: a radix tree with six bits per level. Shared by the files of this folder.
 *
 * The head is NULL, the only entry, at index 0, or the root node. A node at `shift` has slots for
 * 2^shift indices each. A slot is empty, or holds a child (whose shift is six less), an entry for
 * all its indices, or a sibling: the number of an earlier slot, whose entry is for both. Empty
 * nodes are removed, and so is a root that has only its first slot.
 *
 * A slot has a mark if any slot of its child has it; the root's marks are in the array's flags.
 *
 * A cursor (struct xa_state) stands at a slot whose indices include `xa_index`. A reader may see
 * nodes that a writer has removed: their memory stays for a grace period, and their entries say
 * "retry".
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

/* Updates a mark from a slot up to the root, as far as it changes. */
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

/* Shifts an index right by a number of bits, which may be all of them. */
static inline unsigned long above(unsigned long index, unsigned int bits)
{
	return bits < BITS_PER_LONG ? index >> bits : 0;
}

/* The greatest index that an entry in the head covers. */
static inline unsigned long reach(const void *head)
{
	unsigned int bits = xa_is_node(head) ? xa_to_node(head)->shift + XA_CHUNK_SHIFT : 0;

	return bits < BITS_PER_LONG ? (1UL << bits) - 1 : ULONG_MAX;
}

/*
 * The last index that a store by this cursor fills. One more if it fills a whole node, so that the
 * entry becomes a slot of the parent.
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

/* Moves to the next slot. False at the end of all indices. */
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

/* Defined in nodes.c. */
void kt_xa_tell_user(struct xa_state *xas, struct xa_node *node);
struct xa_node *kt_xa_fresh_node(gfp_t flags);

/* Makes a node for the cursor's slot. On failure, returns NULL, and the cursor has the error. */
struct xa_node *kt_xa_new_node(struct xa_state *xas, unsigned int shift);

/* Frees a node and all nodes below it. Readers inside restart. */
void kt_xa_free_subtree(struct xa_state *xas, struct xa_node *node);

/* Removes the cursor's node if it is empty, and parents that become empty. */
void kt_xa_prune(struct xa_state *xas);

/*
 * As xas_nomem(), for a caller that holds the lock. Drops the lock meanwhile if the allocation may
 * sleep.
 */
bool kt_xa_nomem(struct xa_state *xas, gfp_t flags);

/* Defined in cursor.c. */

/* Moves the cursor to its index in this node. Returns the entry there. */
void *kt_xa_descend(struct xa_state *xas, struct xa_node *node);

/* The head, if it covers the index. */
void *kt_xa_from_head(struct xa_state *xas);

/*
 * Makes the nodes down to the cursor's slot. Returns the entry there. `head`: the slot may be the
 * head itself.
 */
void *kt_xa_make_slot(struct xa_state *xas, bool head);

#endif

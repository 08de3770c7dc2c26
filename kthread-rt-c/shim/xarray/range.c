/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* linux/xarray.h. Multi-index entries: their nodes, and splits. */
#include "tree.h"

int xas_get_order(struct xa_state *xas)
{
	unsigned int slots = 1;

	if (!xas->xa_node)
		return 0;
	while (xas->xa_offset + slots < XA_CHUNK_SIZE &&
	       xa_is_sibling(xa_entry(xas->xa, xas->xa_node, xas->xa_offset + slots)))
		slots++;
	return (int)(xas->xa_node->shift + fls(slots) - 1);
}

int xa_get_order(struct xarray *xa, unsigned long index)
{
	XA_STATE(xas, xa, index);
	int order = 0;

	rcu_read_lock();
	if (xas_load(&xas))
		order = xas_get_order(&xas);
	rcu_read_unlock();
	return order;
}

/*
 * Makes all nodes for single entries in the cursor's range, the last ones first. Leaves the cursor
 * at the first index.
 */
void xas_create_range(struct xa_state *xas)
{
	unsigned char shift = xas->xa_shift, sibs = xas->xa_sibs;
	unsigned long first = xas->xa_index;
	unsigned long last = first | ((((unsigned long)sibs + 1) << shift) - 1);

	xas->xa_shift = xas->xa_sibs = 0;
	for (xas->xa_index = last;; xas->xa_index -= XA_CHUNK_SIZE) {
		if (!xas_error(xas))
			xas->xa_node = XAS_RESTART;
		kt_xa_make_slot(xas, true);
		if (xas_error(xas)) {
			xas->xa_index = first;
			xas->xa_shift = shift;
			xas->xa_sibs = sibs;
			return;
		}
		if (xas->xa_index <= (first | XA_CHUNK_MASK))
			break;
	}
	xas->xa_index = first;
	if (xas->xa_node)
		xas->xa_offset = (unsigned char)slot_of(first, xas->xa_node->shift);
}

/*
 * Allocates the nodes for a split: one for each slot of the old entry, if the new entries are a
 * level below.
 */
void xas_split_alloc(struct xa_state *xas, void *entry, unsigned int order, gfp_t flags)
{
	unsigned int slots = 1U << order % XA_CHUNK_SHIFT;

	if (WARN_ON(xas->xa_shift + 2U * XA_CHUNK_SHIFT < order)) {
		xas_set_err(xas, -EINVAL);
		return;
	}
	if (xas->xa_shift + (unsigned int)XA_CHUNK_SHIFT > order)
		return;
	while (slots--) {
		struct xa_node *node = kt_xa_fresh_node(flags);

		if (!node) {
			xas_destroy(xas);
			xas_set_err(xas, -ENOMEM);
			return;
		}
		node->array = xas->xa;
		for (unsigned int slot = 0; slot < XA_CHUNK_SIZE; slot++) {
			unsigned int first = slot & ~(unsigned int)xas->xa_sibs;

			node->slots[slot] = slot == first ? entry : xa_mk_sibling(first);
		}
		/* Linked as a list. */
		node->parent = xas->xa_alloc;
		xas->xa_alloc = node;
	}
}

/*
 * Fills slots from `first` on with the entry: one entry for each group of the cursor's size, with
 * these marks on its first slot.
 */
static void fill(struct xa_state *xas, struct xa_node *node, unsigned int first, unsigned int slots, void *entry,
		 const bool *marks)
{
	unsigned int group = xas->xa_sibs + 1U;

	for (unsigned int slot = first; slot < first + slots; slot++) {
		bool begins = (slot - first) % group == 0;

		for EACH_MARK(mark)
			set_slot_mark(node, slot, mark, begins && marks[mark]);
		rcu_assign_pointer(node->slots[slot], begins ? entry : xa_mk_sibling(slot - (slot - first) % group));
	}
}

void xas_split(struct xa_state *xas, void *entry, unsigned int order)
{
	unsigned int slots = 1U << order % XA_CHUNK_SHIFT, first;
	void *old = xas_load(xas);
	struct xa_node *node = xas->xa_node;
	bool marks[XA_MAX_MARKS];

	if (xas_not_node(node))
		return;
	first = xas->xa_offset;
	for EACH_MARK(mark)
		marks[mark] = slot_marked(node, first, mark);
	if (xas->xa_shift < node->shift) {
		for (unsigned int slot = first; slot < first + slots; slot++) {
			struct xa_node *child = xas->xa_alloc;

			xas->xa_alloc = child->parent;
			child->shift = node->shift - XA_CHUNK_SHIFT;
			child->offset = (unsigned char)slot;
			child->count = XA_CHUNK_SIZE;
			child->nr_values = xa_is_value(entry) ? XA_CHUNK_SIZE : 0;
			child->parent = node;
			fill(xas, child, 0, XA_CHUNK_SIZE, entry, marks);
			for EACH_MARK(mark)
				set_slot_mark(node, slot, mark, marks[mark]);
			rcu_assign_pointer(node->slots[slot], xa_mk_node(child));
			kt_xa_tell_user(xas, child);
		}
		node->nr_values = (unsigned char)(node->nr_values - (xa_is_value(old) ? slots : 0));
	} else {
		int values = ((int)xa_is_value(entry) - (int)xa_is_value(old)) * (int)slots;

		fill(xas, node, first, slots, entry, marks);
		node->nr_values = (unsigned char)(node->nr_values + values);
	}
	kt_xa_tell_user(xas, node);
}

/*
 * Sets the cursor to the most indices from `first` on that one store can fill: whole slots of one
 * node, as high as possible.
 */
static void set_range(struct xa_state *xas, unsigned long first, unsigned long last)
{
	unsigned int shift = 0;
	unsigned long slots, room;

	while (shift + XA_CHUNK_SHIFT < BITS_PER_LONG) {
		unsigned long more = (1UL << (shift + XA_CHUNK_SHIFT)) - 1;

		if (first & more || last - first < more)
			break;
		shift += XA_CHUNK_SHIFT;
	}
	slots = ((last - first) >> shift) + ((((last - first) & ((1UL << shift) - 1)) + 1) >> shift);
	room = XA_CHUNK_SIZE - slot_of(first, shift);
	xas_set(xas, first);
	xas->xa_shift = (unsigned char)shift;
	xas->xa_sibs = (unsigned char)((slots < room ? slots : room) - 1);
}

void *xa_store_range(struct xarray *xa, unsigned long first, unsigned long last, void *entry, gfp_t flags)
{
	XA_STATE(xas, xa, 0);

	if (WARN_ON_ONCE(xa_is_internal(entry)))
		return XA_ERROR(-EINVAL);
	if (last < first)
		return XA_ERROR(-EINVAL);
	do {
		xas_lock(&xas);
		if (entry) {
			unsigned int order = last + 1 ? (unsigned int)__builtin_ctzl(last + 1) : BITS_PER_LONG;

			xas_set_order(&xas, last, order);
			kt_xa_make_slot(&xas, true);
		}
		while (!xas_error(&xas)) {
			unsigned long size;

			set_range(&xas, first, last);
			size = ((unsigned long)xas.xa_sibs + 1) << xas.xa_shift;
			xas_store(&xas, entry);
			if (xas_error(&xas) || last - first < size)
				break;
			first += size;
			if (!size)
				break;
		}
		xas_unlock(&xas);
	} while (xas_nomem(&xas, flags));
	return xas_error(&xas) ? xas.xa_node : NULL;
}

/* Removes the node, which its user has emptied, from its parent. */
void xa_delete_node(struct xa_node *node, xa_update_node_t update)
{
	struct xa_state xas = {
		.xa = node->array,
		.xa_index = (unsigned long)node->offset << (node->shift + XA_CHUNK_SHIFT),
		.xa_shift = node->shift + XA_CHUNK_SHIFT,
		.xa_offset = node->offset,
		.xa_node = xa_parent_locked(node->array, node),
		.xa_update = update,
	};

	xas_store(&xas, NULL);
}

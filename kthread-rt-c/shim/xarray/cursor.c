/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* linux/xarray.h. Descends to a cursor's slot, stores there, and sets marks. */
#include "tree.h"

/* Moves the cursor to its index in this node. Returns the entry there. */
void *kt_xa_descend(struct xa_state *xas, struct xa_node *node)
{
	unsigned int slot = slot_of(xas->xa_index, node->shift);
	void *entry = xa_entry(xas->xa, node, slot);

	if (xa_is_sibling(entry)) {
		slot = (unsigned int)xa_to_sibling(entry);
		entry = xa_entry(xas->xa, node, slot);
		/* The entry was split meanwhile. */
		if (node->shift && xa_is_node(entry))
			entry = XA_RETRY_ENTRY;
	}
	xas->xa_node = node;
	xas->xa_offset = (unsigned char)slot;
	return entry;
}

/* The head, if it covers the index. */
void *kt_xa_from_head(struct xa_state *xas)
{
	void *head = xa_head(xas->xa);

	if (xas->xa_index > reach(head))
		return beyond(xas);
	xas->xa_node = NULL;
	return head;
}

void *xas_load(struct xa_state *xas)
{
	void *entry;

	if (xas_error(xas))
		return NULL;
	entry = xas_valid(xas) ? xas_reload(xas) : kt_xa_from_head(xas);
	while (xa_is_node(entry)) {
		struct xa_node *node = xa_to_node(entry);

		if (xas->xa_shift > node->shift)
			break;
		entry = kt_xa_descend(xas, node);
		if (!node->shift)
			break;
	}
	return entry;
}

/*
 * Makes the tree high enough for the cursor's indices. Returns the shift above the head's, or a
 * negative number on failure.
 */
static int grow(struct xa_state *xas, void *head)
{
	struct xarray *xa = xas->xa;
	unsigned long last = last_index(xas);
	unsigned int shift = 0;

	if (!head) {
		if (!last)
			return 0;
		while (above(last, shift) >= XA_CHUNK_SIZE)
			shift += XA_CHUNK_SHIFT;
		return (int)shift + XA_CHUNK_SHIFT;
	}
	if (xa_is_node(head))
		shift = xa_to_node(head)->shift + XA_CHUNK_SHIFT;
	xas->xa_node = NULL;
	while (last > reach(head)) {
		struct xa_node *root = kt_xa_new_node(xas, shift);

		if (!root)
			return -1;
		root->count = 1;
		root->nr_values = xa_is_value(head);
		root->slots[0] = head;
		for EACH_MARK(mark) {
			bool marked = xa_marked(xa, mark);

			if (tracks_free(xa) && mark == XA_FREE_MARK) {
				/*
				 * All slots but the first are free now, so the root has a free
				 * mark.
				 */
				root->marks[mark][0] = ~0UL;
				set_slot_mark(root, 0, mark, marked);
				set_root_mark(xa, mark, true);
			} else if (marked) {
				set_slot_mark(root, 0, mark, true);
			}
		}
		if (xa_is_node(head)) {
			xa_to_node(head)->offset = 0;
			rcu_assign_pointer(xa_to_node(head)->parent, root);
		}
		head = xa_mk_node(root);
		rcu_assign_pointer(xa->xa_head, head);
		kt_xa_tell_user(xas, root);
		shift += XA_CHUNK_SHIFT;
	}
	xas->xa_node = xa_is_node(head) ? xa_to_node(head) : NULL;
	return (int)shift;
}

/*
 * Makes the nodes down to the cursor's slot. Returns the entry there. `head`: the slot may be the
 * head itself.
 */
void *kt_xa_make_slot(struct xa_state *xas, bool head)
{
	struct xarray *xa = xas->xa;
	struct xa_node *node = xas->xa_node;
	void **slot, *entry;
	int shift;

	if (xas_top(node)) {
		entry = xa->xa_head;
		xas->xa_node = NULL;
		if (!entry && keeps_zero_busy(xa))
			entry = XA_ZERO_ENTRY;
		shift = grow(xas, entry);
		if (shift < 0)
			return NULL;
		if (!shift && !head)
			shift = XA_CHUNK_SHIFT;
		entry = xa->xa_head;
		slot = &xa->xa_head;
	} else if (xas_error(xas)) {
		return NULL;
	} else if (node) {
		shift = node->shift;
		slot = &node->slots[xas->xa_offset];
		entry = *slot;
	} else {
		shift = 0;
		slot = &xa->xa_head;
		entry = *slot;
	}
	while (shift > xas->xa_shift) {
		shift -= XA_CHUNK_SHIFT;
		if (!entry) {
			/*
			 * Publishes a new node: within the tree for readers that come from its
			 * parent, at the head for all readers.
			 */
			node = kt_xa_new_node(xas, (unsigned int)shift);
			if (!node)
				break;
			if (tracks_free(xa))
				node->marks[XA_FREE_MARK][0] = ~0UL;
			rcu_assign_pointer(*slot, xa_mk_node(node));
		} else if (xa_is_node(entry)) {
			node = xa_to_node(entry);
		} else {
			break;
		}
		entry = kt_xa_descend(xas, node);
		slot = &node->slots[xas->xa_offset];
	}
	return entry;
}

/* Moves the marks of the cursor's slots to the first slot. */
static void squash_marks(struct xa_state *xas)
{
	struct xa_node *node = xas->xa_node;
	unsigned long others = ((1UL << xas->xa_sibs) - 1) << xas->xa_offset << 1;

	for EACH_MARK(mark) {
		if (!(node->marks[mark][0] & others))
			continue;
		node->marks[mark][0] &= ~others;
		set_slot_mark(node, xas->xa_offset, mark, true);
	}
}

/* Stores an entry into all of the cursor's slots. Frees replaced nodes. */
static void *replace_slots(struct xa_state *xas, struct xa_node *node, void *entry)
{
	unsigned int slot = xas->xa_offset, last = slot + xas->xa_sibs;
	int count = 0, values = 0;
	bool old_value = false;
	void *old;

	for (; slot < XA_CHUNK_SIZE; slot++) {
		old = node->slots[slot];
		/*
		 * Erasing also erases the rest of a longer old entry; otherwise that rest follows
		 * the new entry.
		 */
		if (slot > last && (entry || !xa_is_sibling(old)))
			break;
		if (!xa_is_sibling(old))
			old_value = xa_is_value(old);
		rcu_assign_pointer(node->slots[slot],
				   entry && slot > xas->xa_offset ? xa_mk_sibling(xas->xa_offset) : entry);
		if (!entry && tracks_free(xas->xa))
			mark_up(xas->xa, node, slot, XA_FREE_MARK, true);
		if (node->shift && xa_is_node(old))
			kt_xa_free_subtree(xas, xa_to_node(old));
		count += !old - !entry;
		values += (int)xa_is_value(entry) - (int)old_value;
	}
	/* The rest of a longer old entry now belongs to the new entry. */
	for (; slot < XA_CHUNK_SIZE && xa_is_sibling(node->slots[slot]); slot++)
		values += (int)xa_is_value(entry) - (int)old_value;
	node->nr_values = (unsigned char)(node->nr_values + values);
	node->count = (unsigned char)(node->count + count);
	if (count || values)
		kt_xa_tell_user(xas, node);
	return node->count ? node : NULL;
}

void *xas_store(struct xa_state *xas, void *entry)
{
	struct xarray *xa = xas->xa;
	struct xa_node *node;
	void *old;

	if (entry)
		old = kt_xa_make_slot(xas, !xa_is_node(entry) && !xa_is_zero(entry));
	else
		old = xas_load(xas);
	if (xas_invalid(xas))
		return old;
	node = xas->xa_node;
	if (node && xas->xa_shift < node->shift)
		xas->xa_sibs = 0;
	if (old == entry && !xas->xa_sibs)
		return old;
	if (node && xas->xa_sibs)
		squash_marks(xas);
	if (!entry)
		xas_init_marks(xas);
	if (node) {
		unsigned int before = node->count;

		replace_slots(xas, node, entry);
		if (node->count < before)
			kt_xa_prune(xas);
	} else {
		rcu_assign_pointer(xa->xa_head, entry);
		if (xa_is_node(old))
			kt_xa_free_subtree(xas, xa_to_node(old));
	}
	return old;
}

/* Marks of the cursor's slot. */

bool xas_get_mark(const struct xa_state *xas, xa_mark_t mark)
{
	if (xas_invalid(xas))
		return false;
	return xas->xa_node ? slot_marked(xas->xa_node, xas->xa_offset, mark) : xa_marked(xas->xa, mark);
}

void xas_set_mark(const struct xa_state *xas, xa_mark_t mark)
{
	if (xas_valid(xas))
		mark_up(xas->xa, xas->xa_node, xas->xa_offset, mark, true);
}

void xas_clear_mark(const struct xa_state *xas, xa_mark_t mark)
{
	if (xas_valid(xas))
		mark_up(xas->xa, xas->xa_node, xas->xa_offset, mark, false);
}

void xas_init_marks(const struct xa_state *xas)
{
	for EACH_MARK(mark) {
		if (tracks_free(xas->xa) && mark == XA_FREE_MARK)
			xas_set_mark(xas, mark);
		else
			xas_clear_mark(xas, mark);
	}
}

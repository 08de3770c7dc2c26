/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* linux/xarray.h. Moves a cursor over all entries, over entries with a mark, and by one index. */
#include "tree.h"

/* Moves the cursor after the entry, so that the walk restarts there. */
void xas_pause(struct xa_state *xas)
{
	struct xa_node *node = xas->xa_node;

	if (xas_invalid(xas))
		return;
	xas->xa_node = XAS_RESTART;
	if (!node) {
		xas->xa_index++;
	} else {
		unsigned int slot = xas->xa_offset + 1U;
		unsigned long first = xas->xa_index >> node->shift;

		while (slot < XA_CHUNK_SIZE && xa_is_sibling(xa_entry(xas->xa, node, slot)))
			slot++;
		xas->xa_index = ((first & ~XA_CHUNK_MASK) + slot) << node->shift;
	}
	if (!xas->xa_index)
		xas->xa_node = XAS_BOUNDS;
}

/* The next entry from the cursor's position up to an index. */
static void *walk(struct xa_state *xas, unsigned long max)
{
	bool more = true;

	while (more && xas->xa_node && xas->xa_index <= max) {
		struct xa_node *node = xas->xa_node;
		void *entry;

		if (xas->xa_offset == XA_CHUNK_SIZE) {
			xas->xa_offset = node->offset + 1;
			xas->xa_node = xa_parent(xas->xa, node);
			continue;
		}
		entry = xa_entry(xas->xa, node, xas->xa_offset);
		if (node->shift && xa_is_node(entry)) {
			xas->xa_node = xa_to_node(entry);
			xas->xa_offset = 0;
			continue;
		}
		if (entry && !xa_is_sibling(entry))
			return entry;
		more = step(xas);
	}
	if (!xas->xa_node || !more)
		xas->xa_node = XAS_BOUNDS;
	return NULL;
}

void *xas_find(struct xa_state *xas, unsigned long max)
{
	if (xas_error(xas) || xas->xa_node == XAS_BOUNDS)
		return NULL;
	if (xas->xa_index > max)
		return beyond(xas);
	if (!xas->xa_node) {
		xas->xa_index = 1;
		return beyond(xas);
	}
	if (xas->xa_node == XAS_RESTART) {
		void *entry = xas_load(xas);

		if (entry || xas_not_node(xas->xa_node))
			return entry;
	} else if (!xas->xa_node->shift && xas->xa_offset != slot_of(xas->xa_index, 0)) {
		/* Within a multi-slot entry, the user may have advanced the index. */
		xas->xa_offset = slot_of(xas->xa_index - 1, 0);
		stand_at(xas, xas->xa_offset + 1U);
		return walk(xas, max);
	}
	stand_at(xas, xas->xa_offset);
	return step(xas) ? walk(xas, max) : beyond(xas);
}

/* The first slot from this one on with the mark, or XA_CHUNK_SIZE. */
static unsigned int next_marked(const struct xa_node *node, unsigned int slot, xa_mark_t mark)
{
	unsigned long left = slot < XA_CHUNK_SIZE ? READ_ONCE(node->marks[mark][0]) >> slot << slot : 0;

	return left ? (unsigned int)__builtin_ctzl(left) : (unsigned int)XA_CHUNK_SIZE;
}

static void *behind_max(struct xa_state *xas)
{
	xas->xa_node = XAS_RESTART;
	return NULL;
}

void *xas_find_marked(struct xa_state *xas, unsigned long max, xa_mark_t mark)
{
	bool here = false; /* the cursor's own slot may be the result */

	if (xas_error(xas))
		return NULL;
	if (xas->xa_index > max)
		return behind_max(xas);
	if (!xas->xa_node || xas_top(xas->xa_node)) {
		void *head = xa_head(xas->xa);

		if (!xas->xa_node)
			xas->xa_index = 1;
		else if (xas->xa_index > reach(head))
			;
		else if (xa_is_node(head)) {
			xas->xa_node = xa_to_node(head);
			xas->xa_offset = (unsigned char)slot_of(xas->xa_index, xas->xa_node->shift);
			here = true;
		} else {
			xas->xa_node = NULL;
			if (xa_marked(xas->xa, mark))
				return head;
			xas->xa_index = 1;
		}
		if (!here)
			return xas->xa_index > max ? behind_max(xas) : beyond(xas);
	}
	while (xas->xa_index <= max) {
		struct xa_node *node = xas->xa_node;
		unsigned int slot;
		void *entry;

		if (xas->xa_offset == XA_CHUNK_SIZE) {
			xas->xa_offset = node->offset + 1;
			xas->xa_node = xa_parent(xas->xa, node);
			here = true;
			if (!xas->xa_node)
				break;
			continue;
		}
		/* An entry that begins before the index has its mark on its first slot. */
		if (here && xa_is_sibling(xa_entry(xas->xa, node, xas->xa_offset))) {
			xas->xa_offset = (unsigned char)xa_to_sibling(xa_entry(xas->xa, node, xas->xa_offset));
			slot = next_marked(node, xas->xa_offset, mark);
			if (slot != xas->xa_offset) {
				here = false;
				continue;
			}
			return xa_entry(xas->xa, node, slot);
		}
		slot = next_marked(node, here ? xas->xa_offset : xas->xa_offset + 1U, mark);
		if (slot > xas->xa_offset) {
			here = true;
			if (slot == XA_CHUNK_SIZE) {
				stand_at(xas, XA_CHUNK_SIZE - 1);
				if (!step(xas))
					break;
				if (xas->xa_index > max)
					return behind_max(xas);
				continue;
			}
			stand_at(xas, slot);
			if (xas->xa_index > max)
				return behind_max(xas);
			continue;
		}
		entry = xa_entry(xas->xa, node, slot);
		if (node->shift && xa_is_node(entry)) {
			xas->xa_node = xa_to_node(entry);
			xas->xa_offset = (unsigned char)slot_of(xas->xa_index, xas->xa_node->shift);
			here = true;
			continue;
		}
		/*
		 * A slot with the free mark has no entry. With another mark it has one, unless it
		 * was just erased.
		 */
		if (entry || (mark == XA_FREE_MARK && tracks_free(xas->xa)))
			return entry;
		here = false;
	}
	return xas->xa_index > max && xas->xa_node ? behind_max(xas) : beyond(xas);
}

/*
 * The first entry in the cursor's range, and then the next ones, without a change of the cursor's
 * index. At the end, the cursor is back at the range's begin.
 */
void *xas_find_conflict(struct xa_state *xas)
{
	void *entry;

	if (xas_error(xas) || !xas->xa_node)
		return NULL;
	if (xas_top(xas->xa_node)) {
		entry = kt_xa_from_head(xas);
		if (!entry)
			return NULL;
		while (xa_is_node(entry)) {
			struct xa_node *node = xa_to_node(entry);

			entry = kt_xa_descend(xas, node);
			if (!node->shift)
				break;
		}
		if (entry)
			return entry;
	} else if (xas->xa_node->shift > xas->xa_shift) {
		return NULL;
	}
	/* Walks at the range's own level, and down into its children. */
	for (;;) {
		struct xa_node *node = xas->xa_node;

		if (node->shift >= xas->xa_shift) {
			unsigned int first = slot_of(xas->xa_index, node->shift);

			if (node->shift > xas->xa_shift || xas->xa_offset - first >= xas->xa_sibs)
				break;
		} else if (xas->xa_offset == XA_CHUNK_MASK) {
			xas->xa_offset = node->offset;
			xas->xa_node = xa_parent_locked(xas->xa, node);
			if (!xas->xa_node)
				break;
			continue;
		}
		entry = xa_entry_locked(xas->xa, node, ++xas->xa_offset);
		if (xa_is_sibling(entry))
			continue;
		while (node->shift && xa_is_node(entry)) {
			node = xa_to_node(entry);
			xas->xa_node = node;
			xas->xa_offset = 0;
			entry = xa_entry_locked(xas->xa, node, 0);
		}
		if (entry)
			return entry;
	}
	if (xas->xa_node)
		xas->xa_offset = (unsigned char)slot_of(xas->xa_index, xas->xa_node->shift);
	return NULL;
}

/* Moves by one, up or down. Returns the entry at the new index. */
static void *move(struct xa_state *xas, unsigned long by)
{
	struct xa_node *node = xas->xa_node;
	unsigned long from = xas->xa_index;
	void *entry;

	if (!xas_frozen(node))
		xas->xa_index += by;
	if (!node)
		return beyond(xas);
	if (xas_not_node(node))
		return xas_load(xas);
	while (node && above(from ^ xas->xa_index, node->shift + XA_CHUNK_SHIFT))
		node = xa_parent(xas->xa, node);
	if (!node)
		return beyond(xas);
	do {
		entry = kt_xa_descend(xas, node);
		node = node->shift && xa_is_node(entry) ? xa_to_node(entry) : NULL;
	} while (node);
	return entry;
}

void *__xas_next(struct xa_state *xas)
{
	return move(xas, 1);
}

void *__xas_prev(struct xa_state *xas)
{
	return move(xas, -1UL);
}

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * linux/xarray.h: a radix tree of six bits a level.
 *
 * The head is NULL, the one entry of index 0, or the root node. A node at `shift` has slots of 2^shift indices each; a slot has
 * nothing, a child (whose shift is six less), an entry for all these indices, or the number of a slot before it, which has the entry
 * for both. Nodes are as few as may be: one that gets empty goes, and so does a root with nothing but its first slot.
 *
 * A mark of a slot is the sum of those of its child; a mark of the root is in the array's flags.
 *
 * A cursor (struct xa_state) stands at a slot of a node, whose indices have `xa_index` among them. Those who only read see nodes that
 * writers have taken away: their memory stays until a grace period is over, and their entries say "retry".
 */
#include <kt/core/linux/bitops.h>
#include <kt/core/linux/bug.h>
#include <kt/core/linux/slab.h>
#include <kt/core/linux/string.h>
#include <kt/core/linux/xarray.h>

#define EACH_MARK(mark) (xa_mark_t mark = 0; mark < XA_MAX_MARKS; mark++)

static bool tracks_free(const struct xarray *xa)
{
	return xa->xa_flags & XA_FLAGS_TRACK_FREE;
}

static bool keeps_zero_busy(const struct xarray *xa)
{
	return xa->xa_flags & XA_FLAGS_ZERO_BUSY;
}

/* Marks of one slot. */

static bool slot_marked(const struct xa_node *node, unsigned int slot, xa_mark_t mark)
{
	return READ_ONCE(node->marks[mark][0]) >> slot & 1;
}

static void set_slot_mark(struct xa_node *node, unsigned int slot, xa_mark_t mark, bool to)
{
	unsigned long bit = 1UL << slot;

	WRITE_ONCE(node->marks[mark][0], to ? node->marks[mark][0] | bit : node->marks[mark][0] & ~bit);
}

static void set_root_mark(struct xarray *xa, xa_mark_t mark, bool to)
{
	xa->xa_flags = to ? xa->xa_flags | XA_FLAGS_MARK(mark) : xa->xa_flags & ~XA_FLAGS_MARK(mark);
}

/* From a slot up to the root: as far as the sum changes. */
static void mark_up(struct xarray *xa, struct xa_node *node, unsigned int slot, xa_mark_t mark, bool to)
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

static unsigned int slot_of(unsigned long index, unsigned int shift)
{
	return (unsigned int)(index >> shift) & XA_CHUNK_MASK;
}

/* What is left of an index above so many bits, which may be all. */
static unsigned long above(unsigned long index, unsigned int bits)
{
	return bits < BITS_PER_LONG ? index >> bits : 0;
}

/* The greatest index below an entry of the head. */
static unsigned long reach(const void *head)
{
	unsigned int bits = xa_is_node(head) ? xa_to_node(head)->shift + XA_CHUNK_SHIFT : 0;

	return bits < BITS_PER_LONG ? (1UL << bits) - 1 : ULONG_MAX;
}

/* The last index that a store by this cursor fills; one more, if it would fill a whole node: it is to be a slot then. */
static unsigned long last_index(const struct xa_state *xas)
{
	unsigned long more = (((unsigned long)xas->xa_sibs + 1) << xas->xa_shift) - 1;
	unsigned long last = xas->xa_index | more;

	return more && last == more && last != ULONG_MAX ? last + 1 : last;
}

/* Moves the cursor to the first index of a slot of its node. */
static void stand_at(struct xa_state *xas, unsigned int slot)
{
	unsigned int shift = xas->xa_node->shift;

	xas->xa_offset = (unsigned char)slot;
	xas->xa_index = (xas->xa_index & ~(XA_CHUNK_MASK << shift)) >> shift << shift;
	xas->xa_index += (unsigned long)slot << shift;
}

/* To the slot behind; false at the end of all indices. */
static bool step(struct xa_state *xas)
{
	unsigned long behind = (xas->xa_index | ((1UL << xas->xa_node->shift) - 1)) + 1;

	xas->xa_index = behind;
	xas->xa_offset++;
	return behind != 0;
}

static void *beyond(struct xa_state *xas)
{
	xas->xa_node = XAS_BOUNDS;
	return NULL;
}

/* Nodes. */

static void tell_user(struct xa_state *xas, struct xa_node *node)
{
	if (xas->xa_update)
		xas->xa_update(node);
}

static void free_after_grace(struct rcu_head *head)
{
	kfree(container_of(head, struct xa_node, rcu_head));
}

static void free_node(struct xa_state *xas, struct xa_node *node)
{
	tell_user(xas, node);
	if (xas->xa_update)
		WARN_ON(!list_empty(&node->private_list));
	call_rcu(&node->rcu_head, free_after_grace);
}

static struct xa_node *fresh_node(gfp_t flags)
{
	struct xa_node *node = (struct xa_node *)kzalloc(sizeof(*node), flags | __GFP_NOWARN);

	if (node)
		INIT_LIST_HEAD(&node->private_list);
	return node;
}

/* A node for where the cursor stands, or NULL and the cursor has the error. */
static struct xa_node *new_node(struct xa_state *xas, unsigned int shift)
{
	struct xa_node *parent = xas->xa_node, *node = xas->xa_alloc;

	if (xas_invalid(xas))
		return NULL;
	if (node)
		xas->xa_alloc = NULL;
	else
		node = fresh_node(GFP_NOWAIT);
	if (!node) {
		xas_set_err(xas, -ENOMEM);
		return NULL;
	}
	node->shift = (unsigned char)shift;
	node->array = xas->xa;
	node->parent = parent;
	if (parent) {
		node->offset = xas->xa_offset;
		parent->count++;
		tell_user(xas, parent);
	}
	return node;
}

/* Frees nodes with all below them. Readers inside begin anew. */
static void free_subtree(struct xa_state *xas, struct xa_node *node)
{
	for (unsigned int slot = 0; slot < XA_CHUNK_SIZE; slot++) {
		void *entry = node->slots[slot];

		if (node->shift && xa_is_node(entry))
			free_subtree(xas, xa_to_node(entry));
		if (entry)
			rcu_assign_pointer(node->slots[slot], XA_RETRY_ENTRY);
	}
	node->count = node->nr_values = 0;
	free_node(xas, node);
}

/* Makes the tree lower, as long as the root has nothing but its first slot. */
static void shrink(struct xa_state *xas)
{
	struct xarray *xa = xas->xa;

	while (xa_is_node(xa->xa_head)) {
		struct xa_node *root = xa_to_node(xa->xa_head);
		void *entry = root->slots[0];

		/* The head is an entry of one index alone, and none that looks like a node. */
		if (root->count != 1 || !entry || xa_is_node(entry) == !root->shift)
			return;
		if (xa_is_zero(entry) && keeps_zero_busy(xa))
			entry = NULL;
		xas->xa_node = XAS_BOUNDS;
		rcu_assign_pointer(xa->xa_head, entry);
		if (tracks_free(xa) && !slot_marked(root, 0, XA_FREE_MARK))
			set_root_mark(xa, XA_FREE_MARK, false);
		if (xa_is_node(entry))
			xa_to_node(entry)->parent = NULL;
		else
			rcu_assign_pointer(root->slots[0], XA_RETRY_ENTRY);
		root->count = root->nr_values = 0;
		free_node(xas, root);
	}
}

/* Takes away the cursor's node, if it is empty, and those above that get empty by it. */
static void prune(struct xa_state *xas)
{
	struct xa_node *node = xas->xa_node;

	while (!node->count) {
		struct xa_node *parent = node->parent;
		unsigned int slot = node->offset;

		xas->xa_node = parent;
		xas->xa_offset = (unsigned char)slot;
		if (!parent) {
			xas->xa->xa_head = NULL;
			xas->xa_node = XAS_BOUNDS;
			free_node(xas, node);
			return;
		}
		parent->slots[slot] = NULL;
		parent->count--;
		tell_user(xas, parent);
		free_node(xas, node);
		node = parent;
	}
	if (!node->parent)
		shrink(xas);
}

/* Going down. */

/* The entry of the cursor's index in this node, where the cursor stands now. */
static void *descend(struct xa_state *xas, struct xa_node *node)
{
	unsigned int slot = slot_of(xas->xa_index, node->shift);
	void *entry = xa_entry(xas->xa, node, slot);

	if (xa_is_sibling(entry)) {
		slot = (unsigned int)xa_to_sibling(entry);
		entry = xa_entry(xas->xa, node, slot);
		/* It was split meanwhile. */
		if (node->shift && xa_is_node(entry))
			entry = XA_RETRY_ENTRY;
	}
	xas->xa_node = node;
	xas->xa_offset = (unsigned char)slot;
	return entry;
}

/* The head, if the index is below it. */
static void *from_head(struct xa_state *xas)
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
	entry = xas_valid(xas) ? xas_reload(xas) : from_head(xas);
	while (xa_is_node(entry)) {
		struct xa_node *node = xa_to_node(entry);

		if (xas->xa_shift > node->shift)
			break;
		entry = descend(xas, node);
		if (!node->shift)
			break;
	}
	return entry;
}

/* Makes the tree so high that the cursor's indices are in it: the shift above the head's, or less than 0. */
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
		struct xa_node *root = new_node(xas, shift);

		if (!root)
			return -1;
		root->count = 1;
		root->nr_values = xa_is_value(head);
		root->slots[0] = head;
		for EACH_MARK(mark) {
			bool marked = xa_marked(xa, mark);

			if (tracks_free(xa) && mark == XA_FREE_MARK) {
				/* All but the first slot are free now, so the root has something free. */
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
		tell_user(xas, root);
		shift += XA_CHUNK_SHIFT;
	}
	xas->xa_node = xa_is_node(head) ? xa_to_node(head) : NULL;
	return (int)shift;
}

/* Makes the nodes down to the cursor's slot: what is in it. `head`: it may be the head itself. */
static void *make_slot(struct xa_state *xas, bool head)
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
			/* Within the tree, that a node is there is for who comes by its parent; above it, for all. */
			node = new_node(xas, (unsigned int)shift);
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
		entry = descend(xas, node);
		slot = &node->slots[xas->xa_offset];
	}
	return entry;
}

/* The marks of the cursor's slots become those of the first. */
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

/* All of an entry's slots get another: what was there is freed, if it was a node. */
static void *replace_slots(struct xa_state *xas, struct xa_node *node, void *entry)
{
	unsigned int slot = xas->xa_offset, last = slot + xas->xa_sibs;
	int count = 0, values = 0;
	bool old_value = false;
	void *old;

	for (; slot < XA_CHUNK_SIZE; slot++) {
		old = node->slots[slot];
		/* A longer entry that was there goes whole, if nothing comes; else its rest goes with the new one. */
		if (slot > last && (entry || !xa_is_sibling(old)))
			break;
		if (!xa_is_sibling(old))
			old_value = xa_is_value(old);
		rcu_assign_pointer(node->slots[slot],
				   entry && slot > xas->xa_offset ? xa_mk_sibling(xas->xa_offset) : entry);
		if (!entry && tracks_free(xas->xa))
			mark_up(xas->xa, node, slot, XA_FREE_MARK, true);
		if (node->shift && xa_is_node(old))
			free_subtree(xas, xa_to_node(old));
		count += !old - !entry;
		values += (int)xa_is_value(entry) - (int)old_value;
	}
	/* What is left of a longer one has the new entry, too. */
	for (; slot < XA_CHUNK_SIZE && xa_is_sibling(node->slots[slot]); slot++)
		values += (int)xa_is_value(entry) - (int)old_value;
	node->nr_values = (unsigned char)(node->nr_values + values);
	node->count = (unsigned char)(node->count + count);
	if (count || values)
		tell_user(xas, node);
	return node->count ? node : NULL;
}

void *xas_store(struct xa_state *xas, void *entry)
{
	struct xarray *xa = xas->xa;
	struct xa_node *node;
	void *old;

	if (entry)
		old = make_slot(xas, !xa_is_node(entry) && !xa_is_zero(entry));
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
			prune(xas);
	} else {
		rcu_assign_pointer(xa->xa_head, entry);
		if (xa_is_node(old))
			free_subtree(xas, xa_to_node(old));
	}
	return old;
}

/* Marks, where the cursor stands. */

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

/* Memory. */

void xas_destroy(struct xa_state *xas)
{
	for (struct xa_node *node; (node = xas->xa_alloc);) {
		xas->xa_alloc = node->parent;
		kfree(node);
	}
}

static bool lacks_memory(struct xa_state *xas)
{
	if (xas->xa_node == XA_ERROR(-ENOMEM))
		return true;
	xas_destroy(xas);
	return false;
}

bool xas_nomem(struct xa_state *xas, gfp_t flags)
{
	if (!lacks_memory(xas))
		return false;
	xas->xa_alloc = fresh_node(flags);
	if (!xas->xa_alloc)
		return false;
	xas->xa_node = XAS_RESTART;
	return true;
}

/* As xas_nomem(), for who holds the lock, which is let go meanwhile if memory may be waited for. */
static bool nomem_locked(struct xa_state *xas, gfp_t flags)
{
	gfp_t lock = xas->xa->xa_flags & (XA_FLAGS_LOCK_IRQ | XA_FLAGS_LOCK_BH);
	bool got;

	if (!lacks_memory(xas))
		return false;
	if (!gfpflags_allow_blocking(flags))
		return xas_nomem(xas, flags);
	if (lock == XA_FLAGS_LOCK_IRQ)
		xas_unlock_irq(xas);
	else if (lock == XA_FLAGS_LOCK_BH)
		xas_unlock_bh(xas);
	else
		xas_unlock(xas);
	got = xas_nomem(xas, flags);
	if (lock == XA_FLAGS_LOCK_IRQ)
		xas_lock_irq(xas);
	else if (lock == XA_FLAGS_LOCK_BH)
		xas_lock_bh(xas);
	else
		xas_lock(xas);
	return got;
}

/* Walks. */

/* Behind the entry, so that the walk begins anew there. */
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

/* The next entry from where the cursor stands, up to an index. */
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
		/* In an entry of several slots, the user may have moved on. */
		xas->xa_offset = slot_of(xas->xa_index - 1, 0);
		stand_at(xas, xas->xa_offset + 1U);
		return walk(xas, max);
	}
	stand_at(xas, xas->xa_offset);
	return step(xas) ? walk(xas, max) : beyond(xas);
}

/* The first slot from this one on that has the mark, or XA_CHUNK_SIZE. */
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
	bool here = false; /* the cursor's own slot may be the answer */

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
		/* What begins before the index has its mark at its first slot. */
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
		/* Of those that are free, none has an entry; of the others each has one, unless it was just erased. */
		if (entry || (mark == XA_FREE_MARK && tracks_free(xas->xa)))
			return entry;
		here = false;
	}
	return xas->xa_index > max && xas->xa_node ? behind_max(xas) : beyond(xas);
}

/* The first entry in the cursor's range, and then the next, without the cursor's index. It ends where the range begins. */
void *xas_find_conflict(struct xa_state *xas)
{
	void *entry;

	if (xas_error(xas) || !xas->xa_node)
		return NULL;
	if (xas_top(xas->xa_node)) {
		entry = from_head(xas);
		if (!entry)
			return NULL;
		while (xa_is_node(entry)) {
			struct xa_node *node = xa_to_node(entry);

			entry = descend(xas, node);
			if (!node->shift)
				break;
		}
		if (entry)
			return entry;
	} else if (xas->xa_node->shift > xas->xa_shift) {
		return NULL;
	}
	/* Up to the range's own level, and down into what is there. */
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

/* By one, up or down: what is at the index then. */
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
		entry = descend(xas, node);
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

/* Entries of several indices. */

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

/* All nodes that single entries in the cursor's range need, the last ones first. The cursor is at the first index then. */
void xas_create_range(struct xa_state *xas)
{
	unsigned char shift = xas->xa_shift, sibs = xas->xa_sibs;
	unsigned long first = xas->xa_index;
	unsigned long last = first | ((((unsigned long)sibs + 1) << shift) - 1);

	xas->xa_shift = xas->xa_sibs = 0;
	for (xas->xa_index = last;; xas->xa_index -= XA_CHUNK_SIZE) {
		if (!xas_error(xas))
			xas->xa_node = XAS_RESTART;
		make_slot(xas, true);
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

/* The nodes that a split needs: as many as the old entry has slots, if the new ones are a level below. */
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
		struct xa_node *node = fresh_node(flags);

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
		/* As a list. */
		node->parent = xas->xa_alloc;
		xas->xa_alloc = node;
	}
}

/* Slots from `first` on get the entry: each group of the cursor's size its own, with these marks at its beginning. */
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
			tell_user(xas, child);
		}
		node->nr_values = (unsigned char)(node->nr_values - (xa_is_value(old) ? slots : 0));
	} else {
		int values = ((int)xa_is_value(entry) - (int)xa_is_value(old)) * (int)slots;

		fill(xas, node, first, slots, entry, marks);
		node->nr_values = (unsigned char)(node->nr_values + values);
	}
	tell_user(xas, node);
}

/* The cursor for as many indices from `first` on as one store can fill: whole slots of one node, as high as may be. */
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
			make_slot(&xas, true);
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

/* Takes the node's place in its parent: its user has emptied it. */
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

/* The plain interface. */

void *xa_load(struct xarray *xa, unsigned long index)
{
	XA_STATE(xas, xa, index);
	void *entry;

	rcu_read_lock();
	do {
		entry = xas_load(&xas);
		if (xa_is_zero(entry))
			entry = NULL;
	} while (xas_retry(&xas, entry));
	rcu_read_unlock();
	return entry;
}

/* What was there, for the user; or the error. */
static void *result(struct xa_state *xas, void *was)
{
	if (xas_error(xas))
		return xas->xa_node;
	return xa_is_zero(was) ? NULL : was;
}

void *__xa_erase(struct xarray *xa, unsigned long index)
{
	XA_STATE(xas, xa, index);

	return result(&xas, xas_store(&xas, NULL));
}

void *xa_erase(struct xarray *xa, unsigned long index)
{
	void *was;

	xa_lock(xa);
	was = __xa_erase(xa, index);
	xa_unlock(xa);
	return was;
}

/* An odd pointer is an entry as any other, as long as it is in a node of the lowest level; but not what marks a slot. */
static bool is_refused(const void *entry)
{
	return WARN_ON_ONCE(xa_is_advanced(entry));
}

void *__xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t flags)
{
	XA_STATE(xas, xa, index);
	void *was;

	if (is_refused(entry))
		return XA_ERROR(-EINVAL);
	if (tracks_free(xa) && !entry)
		entry = XA_ZERO_ENTRY;
	do {
		was = xas_store(&xas, entry);
		if (tracks_free(xa))
			xas_clear_mark(&xas, XA_FREE_MARK);
	} while (nomem_locked(&xas, flags));
	return result(&xas, was);
}

void *xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t flags)
{
	void *was;

	xa_lock(xa);
	was = __xa_store(xa, index, entry, flags);
	xa_unlock(xa);
	return was;
}

void *__xa_cmpxchg(struct xarray *xa, unsigned long index, void *old, void *entry, gfp_t flags)
{
	XA_STATE(xas, xa, index);
	void *was;

	if (is_refused(entry))
		return XA_ERROR(-EINVAL);
	do {
		was = xas_load(&xas);
		if (was == old) {
			xas_store(&xas, entry);
			if (tracks_free(xa) && entry && !was)
				xas_clear_mark(&xas, XA_FREE_MARK);
		}
	} while (nomem_locked(&xas, flags));
	return result(&xas, was);
}

int __xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t flags)
{
	XA_STATE(xas, xa, index);

	if (is_refused(entry))
		return -EINVAL;
	if (!entry)
		entry = XA_ZERO_ENTRY;
	do {
		if (xas_load(&xas)) {
			xas_set_err(&xas, -EBUSY);
		} else {
			xas_store(&xas, entry);
			if (tracks_free(xa))
				xas_clear_mark(&xas, XA_FREE_MARK);
		}
	} while (nomem_locked(&xas, flags));
	return xas_error(&xas);
}

int __xa_alloc(struct xarray *xa, u32 *id, void *entry, struct xa_limit limit, gfp_t flags)
{
	XA_STATE(xas, xa, 0);

	if (is_refused(entry) || WARN_ON_ONCE(!tracks_free(xa)))
		return -EINVAL;
	if (!entry)
		entry = XA_ZERO_ENTRY;
	do {
		xas.xa_index = limit.min;
		xas_find_marked(&xas, limit.max, XA_FREE_MARK);
		if (xas.xa_node == XAS_RESTART)
			xas_set_err(&xas, -EBUSY);
		else
			*id = (u32)xas.xa_index;
		xas_store(&xas, entry);
		xas_clear_mark(&xas, XA_FREE_MARK);
	} while (nomem_locked(&xas, flags));
	return xas_error(&xas);
}

/* 1 if the numbers began anew. */
int __xa_alloc_cyclic(struct xarray *xa, u32 *id, void *entry, struct xa_limit limit, u32 *next, gfp_t flags)
{
	struct xa_limit rest = { .max = limit.max, .min = *next > limit.min ? *next : limit.min };
	int error = __xa_alloc(xa, id, entry, rest, flags);

	if (!error && xa->xa_flags & XA_FLAGS_ALLOC_WRAPPED) {
		xa->xa_flags &= ~XA_FLAGS_ALLOC_WRAPPED;
		error = 1;
	}
	if (error < 0 && rest.min > limit.min) {
		error = __xa_alloc(xa, id, entry, limit, flags);
		if (!error)
			error = 1;
	}
	if (error >= 0) {
		*next = *id + 1;
		if (!*next)
			xa->xa_flags |= XA_FLAGS_ALLOC_WRAPPED;
	}
	return error;
}

bool xa_get_mark(struct xarray *xa, unsigned long index, xa_mark_t mark)
{
	XA_STATE(xas, xa, index);
	bool marked;

	rcu_read_lock();
	marked = xas_load(&xas) && xas_get_mark(&xas, mark);
	rcu_read_unlock();
	return marked;
}

void __xa_set_mark(struct xarray *xa, unsigned long index, xa_mark_t mark)
{
	XA_STATE(xas, xa, index);

	if (xas_load(&xas))
		xas_set_mark(&xas, mark);
}

void __xa_clear_mark(struct xarray *xa, unsigned long index, xa_mark_t mark)
{
	XA_STATE(xas, xa, index);

	if (xas_load(&xas))
		xas_clear_mark(&xas, mark);
}

void xa_set_mark(struct xarray *xa, unsigned long index, xa_mark_t mark)
{
	xa_lock(xa);
	__xa_set_mark(xa, index, mark);
	xa_unlock(xa);
}

void xa_clear_mark(struct xarray *xa, unsigned long index, xa_mark_t mark)
{
	xa_lock(xa);
	__xa_clear_mark(xa, index, mark);
	xa_unlock(xa);
}

static void *find(struct xa_state *xas, unsigned long max, xa_mark_t filter)
{
	return filter < XA_MAX_MARKS ? xas_find_marked(xas, max, filter) : xas_find(xas, max);
}

void *xa_find(struct xarray *xa, unsigned long *index, unsigned long max, xa_mark_t filter)
{
	XA_STATE(xas, xa, *index);
	void *entry;

	rcu_read_lock();
	do
		entry = find(&xas, max, filter);
	while (xas_retry(&xas, entry));
	rcu_read_unlock();
	if (entry)
		*index = xas.xa_index;
	return entry;
}

/* The index is of the entry that the cursor stands at, and not its first. */
static bool is_within(const struct xa_state *xas)
{
	const struct xa_node *node = xas->xa_node;

	if (xas_not_node(xas->xa_node) || !node)
		return false;
	return xas->xa_index & ((1UL << node->shift) - 1) || slot_of(xas->xa_index, node->shift) != xas->xa_offset;
}

void *xa_find_after(struct xarray *xa, unsigned long *index, unsigned long max, xa_mark_t filter)
{
	XA_STATE(xas, xa, *index + 1);
	void *entry;

	if (!xas.xa_index)
		return NULL;
	rcu_read_lock();
	for (;;) {
		entry = find(&xas, max, filter);
		if (xas_invalid(&xas))
			break;
		if (!is_within(&xas) && !xas_retry(&xas, entry))
			break;
	}
	rcu_read_unlock();
	if (entry)
		*index = xas.xa_index;
	return entry;
}

unsigned int xa_extract(struct xarray *xa, void **to, unsigned long start, unsigned long max, unsigned int n,
			xa_mark_t filter)
{
	XA_STATE(xas, xa, start);
	unsigned int found = 0;
	void *entry;

	if (!n)
		return 0;
	rcu_read_lock();
	while (found < n && (entry = find(&xas, max, filter)))
		if (!xas_retry(&xas, entry))
			to[found++] = entry;
	rcu_read_unlock();
	return found;
}

void xa_destroy(struct xarray *xa)
{
	XA_STATE(xas, xa, 0);
	unsigned long flags;
	void *head;

	xas.xa_node = NULL;
	xas_lock_irqsave(&xas, flags);
	head = xa->xa_head;
	rcu_assign_pointer(xa->xa_head, NULL);
	xas_init_marks(&xas);
	if (keeps_zero_busy(xa))
		set_root_mark(xa, XA_FREE_MARK, false);
	if (xa_is_node(head))
		free_subtree(&xas, xa_to_node(head));
	xas_unlock_irqrestore(&xas, flags);
}

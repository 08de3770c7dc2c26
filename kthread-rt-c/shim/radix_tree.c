/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* linux/radix-tree.h: the older interface, on linux/xarray.h without its lock. */
#include <kt/core/linux/errno.h>
#include <kt/core/linux/radix-tree.h>

/* The xarray's functions for readers take a pointer to a mutable array. */
static struct xarray *array(const struct radix_tree_root *root)
{
	return (struct xarray *)root;
}

int radix_tree_insert(struct radix_tree_root *root, unsigned long index, void *entry)
{
	int error = __xa_insert(root, index, entry, GFP_NOWAIT);

	return error == -EBUSY ? -EEXIST : error;
}

void *radix_tree_lookup(const struct radix_tree_root *root, unsigned long index)
{
	return xa_load(array(root), index);
}

/* The slot at which the cursor stands. */
static void **slot_at(struct xa_state *xas)
{
	return xas->xa_node ? &xas->xa_node->slots[xas->xa_offset] : &xas->xa->xa_head;
}

void **radix_tree_lookup_slot(const struct radix_tree_root *root, unsigned long index)
{
	XA_STATE(xas, array(root), index);
	void *entry;

	rcu_read_lock();
	do
		entry = xas_load(&xas);
	while (xa_is_retry(entry) && xas_retry(&xas, entry));
	rcu_read_unlock();
	return entry ? slot_at(&xas) : NULL;
}

void *radix_tree_delete_item(struct radix_tree_root *root, unsigned long index, void *entry)
{
	XA_STATE(xas, root, index);
	void *was = xas_load(&xas);

	if (!was || (entry && was != entry))
		return NULL;
	xas_store(&xas, NULL);
	return was;
}

void *radix_tree_delete(struct radix_tree_root *root, unsigned long index)
{
	return radix_tree_delete_item(root, index, NULL);
}

/* If a value entry replaces a pointer, or the reverse, the node's count of values has to change. */
void radix_tree_replace_slot(struct radix_tree_root *root, void **slot, void *entry)
{
	int values = (int)xa_is_value(entry) - (int)xa_is_value(*slot);

	if (slot != &root->xa_head && values) {
		/*
		 * The slot's address does not give its node, so the node is searched from the root.
		 */
		struct radix_tree_iter iter;
		void **at;

		radix_tree_for_each_slot(at, root, &iter, 0)
			if (at == slot) {
				iter.node->nr_values = (unsigned char)(iter.node->nr_values + values);
				break;
			}
	}
	rcu_assign_pointer(*slot, entry);
}

void radix_tree_iter_replace(struct radix_tree_root *root, const struct radix_tree_iter *iter, void **slot, void *entry)
{
	int values = (int)xa_is_value(entry) - (int)xa_is_value(*slot);

	if (iter->node && slot != &root->xa_head)
		iter->node->nr_values = (unsigned char)(iter->node->nr_values + values);
	rcu_assign_pointer(*slot, entry);
}

void radix_tree_iter_delete(struct radix_tree_root *root, struct radix_tree_iter *iter, void **slot)
{
	(void)slot;
	radix_tree_delete(root, iter->index);
}

unsigned int radix_tree_gang_lookup(const struct radix_tree_root *root, void **to, unsigned long first, unsigned int n)
{
	return xa_extract(array(root), to, first, ULONG_MAX, n, XA_PRESENT);
}

unsigned int radix_tree_gang_lookup_tag(const struct radix_tree_root *root, void **to, unsigned long first,
					unsigned int n, unsigned int tag)
{
	return xa_extract(array(root), to, first, ULONG_MAX, n, tag);
}

unsigned int radix_tree_gang_lookup_tag_slot(const struct radix_tree_root *root, void ***to, unsigned long first,
					     unsigned int n, unsigned int tag)
{
	struct radix_tree_iter iter;
	unsigned int found = 0;
	void **slot;

	if (!n)
		return 0;
	radix_tree_for_each_tagged(slot, root, &iter, first, tag) {
		to[found++] = slot;
		if (found == n)
			break;
	}
	return found;
}

/* Returns the entry. An index without an entry has no tags. */
void *radix_tree_tag_set(struct radix_tree_root *root, unsigned long index, unsigned int tag)
{
	XA_STATE(xas, root, index);
	void *entry = xas_load(&xas);

	if (entry)
		xas_set_mark(&xas, tag);
	return entry;
}

void *radix_tree_tag_clear(struct radix_tree_root *root, unsigned long index, unsigned int tag)
{
	XA_STATE(xas, root, index);
	void *entry = xas_load(&xas);

	if (entry)
		xas_clear_mark(&xas, tag);
	return entry;
}

void radix_tree_iter_tag_clear(struct radix_tree_root *root, const struct radix_tree_iter *iter, unsigned int tag)
{
	radix_tree_tag_clear(root, iter->index, tag);
}

int radix_tree_tag_get(const struct radix_tree_root *root, unsigned long index, unsigned int tag)
{
	return xa_get_mark(array(root), index, tag);
}

int radix_tree_tagged(const struct radix_tree_root *root, unsigned int tag)
{
	return xa_marked(root, tag);
}

void **radix_tree_next_chunk(const struct radix_tree_root *root, struct radix_tree_iter *iter, unsigned int flags)
{
	XA_STATE(xas, array(root), iter->next_index);
	void *entry;

	/* It wrapped: the last index was the greatest. */
	if (!iter->next_index && iter->index)
		return NULL;
	rcu_read_lock();
	do {
		if (flags & RADIX_TREE_ITER_CONTIG)
			entry = xas_load(&xas);
		else if (flags & RADIX_TREE_ITER_TAGGED)
			entry = xas_find_marked(&xas, ULONG_MAX, flags & RADIX_TREE_ITER_TAG_MASK);
		else
			entry = xas_find(&xas, ULONG_MAX);
	} while (xa_is_retry(entry) && xas_retry(&xas, entry));
	rcu_read_unlock();
	if (!entry)
		return NULL;
	iter->index = xas.xa_index;
	iter->next_index = xas.xa_index + 1;
	iter->node = xas.xa_node;
	iter->tags = 1;
	return slot_at(&xas);
}

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* linux/xarray.h. Allocates and frees nodes. */
#include "tree.h"

void kt_xa_tell_user(struct xa_state *xas, struct xa_node *node)
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
	kt_xa_tell_user(xas, node);
	if (xas->xa_update)
		WARN_ON(!list_empty(&node->private_list));
	call_rcu(&node->rcu_head, free_after_grace);
}

/* This thread's last allocation of a node failed. */
static __thread bool refused;

struct xa_node *kt_xa_fresh_node(gfp_t flags)
{
	struct xa_node *node = (struct xa_node *)kzalloc(sizeof(*node), flags | __GFP_NOWARN);

	refused = !node;
	if (node)
		INIT_LIST_HEAD(&node->private_list);
	return node;
}

/* Makes a node for the cursor's slot. On failure, returns NULL, and the cursor has the error. */
struct xa_node *kt_xa_new_node(struct xa_state *xas, unsigned int shift)
{
	struct xa_node *parent = xas->xa_node, *node = xas->xa_alloc;

	if (xas_invalid(xas))
		return NULL;
	if (node)
		xas->xa_alloc = NULL;
	else
		node = kt_xa_fresh_node(GFP_NOWAIT);
	if (!node) {
		/* Frees the parents that were made for this node. */
		if (parent && !parent->count)
			kt_xa_prune(xas);
		xas_set_err(xas, -ENOMEM);
		return NULL;
	}
	node->shift = (unsigned char)shift;
	node->array = xas->xa;
	node->parent = parent;
	if (parent) {
		node->offset = xas->xa_offset;
		parent->count++;
		kt_xa_tell_user(xas, parent);
	}
	return node;
}

/* Frees a node and all nodes below it. Readers inside restart. */
void kt_xa_free_subtree(struct xa_state *xas, struct xa_node *node)
{
	for (unsigned int slot = 0; slot < XA_CHUNK_SIZE; slot++) {
		void *entry = node->slots[slot];

		if (node->shift && xa_is_node(entry))
			kt_xa_free_subtree(xas, xa_to_node(entry));
		if (entry)
			rcu_assign_pointer(node->slots[slot], XA_RETRY_ENTRY);
	}
	node->count = node->nr_values = 0;
	free_node(xas, node);
}

/* Makes the tree lower while the root has only its first slot. */
static void shrink(struct xa_state *xas)
{
	struct xarray *xa = xas->xa;

	while (xa_is_node(xa->xa_head)) {
		struct xa_node *root = xa_to_node(xa->xa_head);
		void *entry = root->slots[0];

		/* The head can only be an entry of one index, and must not look like a node. */
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

/* Removes the cursor's node if it is empty, and parents that become empty. */
void kt_xa_prune(struct xa_state *xas)
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
		kt_xa_tell_user(xas, parent);
		free_node(xas, node);
		node = parent;
	}
	if (!node->parent)
		shrink(xas);
}

void xas_destroy(struct xa_state *xas)
{
	for (struct xa_node *node; (node = xas->xa_alloc);) {
		xas->xa_alloc = node->parent;
		kfree(node);
	}
}

static bool lacks_memory(struct xa_state *xas)
{
	/*
	 * Waiting for memory would not help: the C library has none, or a fault was injected, which
	 * must have an effect.
	 */
	if (xas->xa_node == XA_ERROR(-ENOMEM) && !refused)
		return true;
	refused = false;
	xas_destroy(xas);
	return false;
}

bool xas_nomem(struct xa_state *xas, gfp_t flags)
{
	if (!lacks_memory(xas))
		return false;
	xas->xa_alloc = kt_xa_fresh_node(flags);
	if (!xas->xa_alloc)
		return false;
	xas->xa_node = XAS_RESTART;
	return true;
}

/*
 * As xas_nomem(), for a caller that holds the lock. Drops the lock meanwhile if the allocation may
 * sleep.
 */
bool kt_xa_nomem(struct xa_state *xas, gfp_t flags)
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

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* linux/xarray.h. The normal API: calls that take an index. */
#include "tree.h"

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

/* Returns the old entry to the user, or the error. */
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

/*
 * In a node of the lowest level an odd pointer is an ordinary entry, except for the internal
 * entries that mark a slot.
 */
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
	} while (kt_xa_nomem(&xas, flags));
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
	} while (kt_xa_nomem(&xas, flags));
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
	} while (kt_xa_nomem(&xas, flags));
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
	} while (kt_xa_nomem(&xas, flags));
	return xas_error(&xas);
}

/* Returns 1 if the numbers wrapped. */
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

/* True if the index belongs to the cursor's entry, but is not its first. */
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
		kt_xa_free_subtree(&xas, xa_to_node(head));
	xas_unlock_irqrestore(&xas, flags);
}

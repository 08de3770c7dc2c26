/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * linux/idr.h: allocates numbers, by an xarray with mark 0 on free slots.
 *
 * An idr's entries are its pointers, at the number minus the base; NULL is stored as a reservation.
 * An ida's entries are bitmaps for 1024 numbers each. An empty bitmap is not stored; a full one has
 * no mark.
 */
#include <kt/core/linux/bitmap.h>
#include <kt/core/linux/bug.h>
#include <kt/core/asm/might_sleep.h>
#include <kt/core/linux/err.h>
#include <kt/core/linux/idr.h>
#include <kt/core/linux/slab.h>

/* Allocates without sleeping: the caller may hold a spinlock. */
#define NO_WAIT(flags) ((flags) & ~__GFP_DIRECT_RECLAIM)

int idr_alloc_u32(struct idr *idr, void *pointer, u32 *id, unsigned long max, gfp_t flags)
{
	struct xa_limit limit = { .min = *id < idr->idr_base ? 0 : *id - idr->idr_base };
	u32 found;
	int error;

	if (gfpflags_allow_blocking(flags))
		kt_might_sleep("idr_alloc");
	/* An idr that was only zeroed. */
	if (WARN_ON_ONCE(!(idr->idr_rt.xa_flags & ROOT_IS_IDR)))
		idr->idr_rt.xa_flags |= IDR_RT_MARKER;
	if (max < idr->idr_base)
		return -ENOSPC;
	limit.max = (u32)(max - idr->idr_base);
	error = __xa_alloc(&idr->idr_rt, &found, pointer, limit, NO_WAIT(flags));
	if (error)
		return error == -EBUSY ? -ENOSPC : error;
	*id = found + idr->idr_base;
	return 0;
}

int idr_alloc(struct idr *idr, void *pointer, int start, int end, gfp_t flags)
{
	u32 id = (u32)start;
	int error;

	if (WARN_ON_ONCE(start < 0))
		return -EINVAL;
	error = idr_alloc_u32(idr, pointer, &id, (unsigned long)(end > 0 ? end - 1 : INT_MAX), flags);
	return error ? error : (int)id;
}

int idr_alloc_cyclic(struct idr *idr, void *pointer, int start, int end, gfp_t flags)
{
	unsigned long max = (unsigned long)(end > 0 ? end - 1 : INT_MAX);
	u32 id = idr->idr_next;
	int error;

	if ((int)id < start)
		id = (u32)start;
	error = idr_alloc_u32(idr, pointer, &id, max, flags);
	if (error == -ENOSPC && id > (u32)start) {
		id = (u32)start;
		error = idr_alloc_u32(idr, pointer, &id, max, flags);
	}
	if (error)
		return error;
	idr->idr_next = id + 1;
	return (int)id;
}

void *idr_find(const struct idr *idr, unsigned long id)
{
	return xa_load((struct xarray *)&idr->idr_rt, id - idr->idr_base);
}

void *idr_remove(struct idr *idr, unsigned long id)
{
	return __xa_erase(&idr->idr_rt, id - idr->idr_base);
}

void *idr_replace(struct idr *idr, void *pointer, unsigned long id)
{
	XA_STATE(xas, &idr->idr_rt, id - idr->idr_base);
	void *was = xas_load(&xas);

	if (!was)
		return ERR_PTR(-ENOENT);
	xas_store(&xas, pointer ? pointer : XA_ZERO_ENTRY);
	return xa_is_zero(was) ? NULL : was;
}

void *idr_get_next_ul(struct idr *idr, unsigned long *id)
{
	unsigned long index = *id < idr->idr_base ? 0 : *id - idr->idr_base;
	void *entry = xa_find(&idr->idr_rt, &index, ULONG_MAX, XA_PRESENT);

	if (entry)
		*id = index + idr->idr_base;
	return entry;
}

void *idr_get_next(struct idr *idr, int *id)
{
	unsigned long from = (unsigned long)*id;
	void *entry = idr_get_next_ul(idr, &from);

	if (WARN_ON_ONCE(from > INT_MAX))
		return NULL;
	*id = (int)from;
	return entry;
}

int idr_for_each(const struct idr *idr, int (*fn)(int id, void *pointer, void *data), void *data)
{
	unsigned long id = 0;
	void *entry;
	int result;

	for (; (entry = idr_get_next_ul((struct idr *)idr, &id)); id++) {
		if (WARN_ON_ONCE(id > INT_MAX))
			break;
		result = fn((int)id, entry, data);
		if (result)
			return result;
	}
	return 0;
}

void idr_destroy(struct idr *idr)
{
	xa_destroy(&idr->idr_rt);
}

/* Until idr_preload_end(), the task must not sleep. */
void idr_preload(gfp_t flags)
{
	(void)flags;
	preempt_disable();
}

static int alloc_locked(struct ida *ida, unsigned long min, unsigned long max, gfp_t flags)
{
	XA_STATE(xas, &ida->xa, min / IDA_BITMAP_BITS);
	struct ida_bitmap *bitmap;

	for (;;) {
		unsigned long bit, id;

		bitmap = (struct ida_bitmap *)xas_find_marked(&xas, max / IDA_BITMAP_BITS, XA_FREE_MARK);
		if (xas.xa_node == XAS_RESTART)
			return -ENOSPC;
		bit = xas.xa_index == min / IDA_BITMAP_BITS ? min % IDA_BITMAP_BITS : 0;
		if (bitmap)
			bit = find_next_zero_bit(bitmap->bitmap, IDA_BITMAP_BITS, bit);
		id = xas.xa_index * IDA_BITMAP_BITS + bit;
		if (id > max)
			return -ENOSPC;
		if (bit == IDA_BITMAP_BITS) {
			/* All its free numbers are less than min. */
			xas_set(&xas, xas.xa_index + 1);
			continue;
		}
		if (!bitmap) {
			bitmap = (struct ida_bitmap *)kzalloc(sizeof(*bitmap), NO_WAIT(flags) | __GFP_NOWARN);
			if (!bitmap)
				return -ENOMEM;
			do
				xas_store(&xas, bitmap);
			while (xas_nomem(&xas, GFP_NOWAIT));
			if (xas_error(&xas)) {
				kfree(bitmap);
				return xas_error(&xas);
			}
		}
		__set_bit(bit, bitmap->bitmap);
		if (bitmap_full(bitmap->bitmap, IDA_BITMAP_BITS))
			xas_clear_mark(&xas, XA_FREE_MARK);
		return (int)id;
	}
}

int ida_alloc_range(struct ida *ida, unsigned int min, unsigned int max, gfp_t flags)
{
	unsigned long irq;
	int id;

	if ((int)min < 0)
		return -ENOSPC;
	if ((int)max < 0)
		max = INT_MAX;
	xa_lock_irqsave(&ida->xa, irq);
	id = alloc_locked(ida, min, max, flags);
	xa_unlock_irqrestore(&ida->xa, irq);
	return id;
}

void ida_free(struct ida *ida, unsigned int id)
{
	XA_STATE(xas, &ida->xa, id / IDA_BITMAP_BITS);
	struct ida_bitmap *bitmap, *unused = NULL;
	unsigned long irq;
	bool used;

	if ((int)id < 0)
		return;
	xa_lock_irqsave(&ida->xa, irq);
	bitmap = (struct ida_bitmap *)xas_load(&xas);
	used = bitmap && __test_and_clear_bit(id % IDA_BITMAP_BITS, bitmap->bitmap);
	if (used) {
		xas_set_mark(&xas, XA_FREE_MARK);
		if (bitmap_empty(bitmap->bitmap, IDA_BITMAP_BITS)) {
			xas_store(&xas, NULL);
			unused = bitmap;
		}
	}
	xa_unlock_irqrestore(&ida->xa, irq);
	kfree(unused);
	WARN(!used, "ida_free called for id=%d which is not allocated.\n", (int)id);
}

int ida_find_first_range(struct ida *ida, unsigned int min, unsigned int max)
{
	unsigned long index, irq, last;
	struct ida_bitmap *bitmap;
	int found = -ENOENT;

	if ((int)min < 0)
		return -EINVAL;
	if ((int)max < 0)
		max = INT_MAX;
	xa_lock_irqsave(&ida->xa, irq);
	index = min / IDA_BITMAP_BITS;
	last = max / IDA_BITMAP_BITS;
	bitmap = (struct ida_bitmap *)xa_find(&ida->xa, &index, last, XA_PRESENT);
	while (bitmap) {
		unsigned long from = index == min / IDA_BITMAP_BITS ? min % IDA_BITMAP_BITS : 0;
		unsigned long bit = find_next_bit(bitmap->bitmap, IDA_BITMAP_BITS, from);

		if (bit < IDA_BITMAP_BITS) {
			unsigned long id = index * IDA_BITMAP_BITS + bit;

			found = id <= max ? (int)id : -ENOENT;
			break;
		}
		bitmap = (struct ida_bitmap *)xa_find_after(&ida->xa, &index, last, XA_PRESENT);
	}
	xa_unlock_irqrestore(&ida->xa, irq);
	return found;
}

void ida_destroy(struct ida *ida)
{
	XA_STATE(xas, &ida->xa, 0);
	struct ida_bitmap *bitmap;
	unsigned long irq;

	xa_lock_irqsave(&ida->xa, irq);
	xas_for_each(&xas, bitmap, ULONG_MAX) {
		kfree(bitmap);
		xas_store(&xas, NULL);
	}
	xa_unlock_irqrestore(&ida->xa, irq);
}

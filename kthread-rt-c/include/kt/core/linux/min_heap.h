/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Heaps in an array: the least element is the first. */
#ifndef KT_CORE_LINUX_MIN_HEAP_H
#define KT_CORE_LINUX_MIN_HEAP_H

#include <kt/core/linux/bug.h>
#include <kt/core/linux/string.h>
#include <kt/core/linux/types.h>

struct min_heap {
	void *data;
	int nr;
	int size;
};

struct min_heap_callbacks {
	int elem_size;
	bool (*less)(const void *left, const void *right);
	void (*swp)(void *left, void *right);
};

/* Moves the element down until no child is less. */
static __always_inline void min_heapify(struct min_heap *heap, int at, const struct min_heap_callbacks *func)
{
	char *data = (char *)heap->data;

	for (int child; (child = 2 * at + 1) < heap->nr; at = child) {
		if (child + 1 < heap->nr && func->less(data + (child + 1) * func->elem_size, data + child * func->elem_size))
			child++;
		if (!func->less(data + child * func->elem_size, data + at * func->elem_size))
			break;
		func->swp(data + at * func->elem_size, data + child * func->elem_size);
	}
}

static __always_inline void min_heapify_all(struct min_heap *heap, const struct min_heap_callbacks *func)
{
	for (int at = heap->nr / 2; at-- > 0;)
		min_heapify(heap, at, func);
}

static __always_inline void min_heap_pop(struct min_heap *heap, const struct min_heap_callbacks *func)
{
	if (WARN_ONCE(heap->nr <= 0, "Popping an empty heap"))
		return;
	heap->nr--;
	memcpy(heap->data, (char *)heap->data + heap->nr * func->elem_size, (size_t)func->elem_size);
	min_heapify(heap, 0, func);
}

/* Replaces the least element by another. */
static __always_inline void min_heap_pop_push(struct min_heap *heap, const void *element, const struct min_heap_callbacks *func)
{
	memcpy(heap->data, element, (size_t)func->elem_size);
	min_heapify(heap, 0, func);
}

static __always_inline void min_heap_push(struct min_heap *heap, const void *element, const struct min_heap_callbacks *func)
{
	char *data = (char *)heap->data;
	int at = heap->nr;

	if (WARN_ONCE(heap->nr >= heap->size, "Pushing on a full heap"))
		return;
	memcpy(data + at * func->elem_size, element, (size_t)func->elem_size);
	heap->nr++;
	for (int parent; at; at = parent) {
		parent = (at - 1) / 2;
		if (!func->less(data + at * func->elem_size, data + parent * func->elem_size))
			break;
		func->swp(data + at * func->elem_size, data + parent * func->elem_size);
	}
}

#endif

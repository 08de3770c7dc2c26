/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Numbers for pointers, and numbers alone: the smallest that is free. Safe to call at once from several threads. */
#ifndef KT_CORE_LINUX_IDR_H
#define KT_CORE_LINUX_IDR_H

#include <kt/core/linux/compiler.h>
#include <kt/core/linux/gfp.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

struct idr {
	void *kt_table; /* NULL: nothing in it yet */
	unsigned int idr_base;
	unsigned int idr_next;
};
struct ida {
	struct idr idr;
};

#define IDR_INIT_BASE(name, base) { 0, (base), 0 }
#define IDR_INIT(name) { 0, 0, 0 }
#define DEFINE_IDR(name) struct idr name = IDR_INIT(name)
#define IDA_INIT(name) { IDR_INIT(name) }
#define DEFINE_IDA(name) struct ida name = IDA_INIT(name)

KT_BEGIN
/* From `start` to less than `end` (0: no end): the number, -ENOSPC, -EINVAL. */
int idr_alloc(struct idr *idr, void *pointer, int start, int end, gfp_t flags);
int idr_alloc_cyclic(struct idr *idr, void *pointer, int start, int end, gfp_t flags);
void *idr_find(const struct idr *idr, unsigned long id);
void *idr_remove(struct idr *idr, unsigned long id);
void *idr_replace(struct idr *idr, void *pointer, unsigned long id);
void *idr_get_next(struct idr *idr, int *id);
void idr_destroy(struct idr *idr);
bool idr_is_empty(const struct idr *idr);
KT_END

static inline void idr_init_base(struct idr *idr, int base)
{
	idr->kt_table = 0;
	idr->idr_base = (unsigned int)base;
	idr->idr_next = 0;
}

static inline void idr_init(struct idr *idr)
{
	idr_init_base(idr, 0);
}

static inline int idr_for_each(struct idr *idr, int (*fn)(int id, void *pointer, void *data), void *data)
{
	int id = 0, result;

	for (void *pointer; (pointer = idr_get_next(idr, &id)); id++) {
		result = fn(id, pointer, data);
		if (result)
			return result;
	}
	return 0;
}

static inline void idr_preload(gfp_t flags)
{
	(void)flags;
}

static inline void idr_preload_end(void)
{
}

#define idr_for_each_entry(idr, entry, id) \
	for ((id) = 0; ((entry) = (__typeof__(entry))idr_get_next(idr, &(id))) != NULL; ++(id))

static inline void ida_init(struct ida *ida)
{
	idr_init(&ida->idr);
}

/* From `min` to `max`, both among them. */
static inline int ida_alloc_range(struct ida *ida, unsigned int min, unsigned int max, gfp_t flags)
{
	return idr_alloc(&ida->idr, ida, (int)min, max >= 0x7fffffffu ? 0 : (int)max + 1, flags);
}

#if KT_SINCE(4, 19)
static inline int ida_alloc(struct ida *ida, gfp_t flags)
{
	return ida_alloc_range(ida, 0, ~0u, flags);
}
#endif

static inline int ida_alloc_min(struct ida *ida, unsigned int min, gfp_t flags)
{
	return ida_alloc_range(ida, min, ~0u, flags);
}

static inline int ida_alloc_max(struct ida *ida, unsigned int max, gfp_t flags)
{
	return ida_alloc_range(ida, 0, max, flags);
}

static inline void ida_free(struct ida *ida, unsigned int id)
{
	idr_remove(&ida->idr, id);
}

static inline void ida_destroy(struct ida *ida)
{
	idr_destroy(&ida->idr);
}

static inline bool ida_is_empty(const struct ida *ida)
{
	return idr_is_empty((struct idr *)&ida->idr);
}

#define ida_simple_get(ida, start, end, flags) ida_alloc_range(ida, start, (end) ? (end) - 1 : ~0u, flags)
#define ida_simple_remove(ida, id) ida_free(ida, id)

#endif

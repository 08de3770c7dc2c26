/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Names only: there are no ports and no device memory to reserve. */
#ifndef KT_CORE_LINUX_IOPORT_H
#define KT_CORE_LINUX_IOPORT_H

#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

#define IORESOURCE_TYPE_BITS 0x00001f00
#define IORESOURCE_IO 0x00000100
#define IORESOURCE_MEM 0x00000200
#define IORESOURCE_IRQ 0x00000400
#define IORESOURCE_DMA 0x00000800
#define IORESOURCE_BUS 0x00001000
#define IORESOURCE_PREFETCH 0x00002000
#define IORESOURCE_MEM_64 0x00100000
#define IORESOURCE_WINDOW 0x00200000
#define IORESOURCE_DISABLED 0x10000000
#define IORESOURCE_UNSET 0x20000000

struct resource {
	resource_size_t start;
	resource_size_t end;
	const char *name;
	unsigned long flags;
};

/* A range: its first address or number, and its size. */
#define __KT_RES(first, n, name_, kind) \
	(struct resource) \
	{ \
		.start = (first), .end = (first) + (n) - 1, .name = (name_), .flags = (kind), \
	}
#define DEFINE_RES_NAMED(start, n, name, flags) __KT_RES(start, n, name, flags)
#define DEFINE_RES_IO_NAMED(start, n, name) __KT_RES(start, n, name, IORESOURCE_IO)
#define DEFINE_RES_IO(start, n) __KT_RES(start, n, NULL, IORESOURCE_IO)
#define DEFINE_RES_MEM_NAMED(start, n, name) __KT_RES(start, n, name, IORESOURCE_MEM)
#define DEFINE_RES_MEM(start, n) __KT_RES(start, n, NULL, IORESOURCE_MEM)
#define DEFINE_RES_IRQ_NAMED(irq, name) __KT_RES(irq, 1, name, IORESOURCE_IRQ)
#define DEFINE_RES_IRQ(irq) __KT_RES(irq, 1, NULL, IORESOURCE_IRQ)
#define DEFINE_RES_DMA_NAMED(dma, name) __KT_RES(dma, 1, name, IORESOURCE_DMA)
#define DEFINE_RES_DMA(dma) __KT_RES(dma, 1, NULL, IORESOURCE_DMA)

#define request_region(start, n, name) ((struct resource *)0)
#define release_region(start, n) ((void)(start))
#define request_mem_region(start, n, name) ((struct resource *)0)
#define release_mem_region(start, n) ((void)(start))

static inline resource_size_t resource_size(const struct resource *resource)
{
	return resource->end - resource->start + 1;
}

/* True if they share an address, whatever their types are. */
static inline bool resource_overlaps(const struct resource *r1, const struct resource *r2)
{
	return r1->start <= r2->end && r2->start <= r1->end;
}

#if KT_SINCE(5, 11)
/* Stores the intersection in r. False, with r unchanged, if it is empty. */
static inline bool resource_intersection(const struct resource *r1, const struct resource *r2, struct resource *r)
{
	if (!resource_overlaps(r1, r2))
		return false;
	r->start = r1->start > r2->start ? r1->start : r2->start;
	r->end = r1->end < r2->end ? r1->end : r2->end;
	return true;
}

/* Stores the union in r. False, with r unchanged, if they do not overlap. */
static inline bool resource_union(const struct resource *r1, const struct resource *r2, struct resource *r)
{
	if (!resource_overlaps(r1, r2))
		return false;
	r->start = r1->start < r2->start ? r1->start : r2->start;
	r->end = r1->end > r2->end ? r1->end : r2->end;
	return true;
}
#endif

#endif

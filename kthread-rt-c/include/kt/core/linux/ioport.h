/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Names: there are no ports and no device memory to reserve. */
#ifndef KT_CORE_LINUX_IOPORT_H
#define KT_CORE_LINUX_IOPORT_H

#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

#define IORESOURCE_IO 0x00000100
#define IORESOURCE_MEM 0x00000200
#define IORESOURCE_IRQ 0x00000400

struct resource {
	resource_size_t start;
	resource_size_t end;
	const char *name;
	unsigned long flags;
};

#define request_region(start, n, name) ((struct resource *)0)
#define release_region(start, n) ((void)(start))
#define request_mem_region(start, n, name) ((struct resource *)0)
#define release_mem_region(start, n) ((void)(start))

static inline resource_size_t resource_size(const struct resource *resource)
{
	return resource->end - resource->start + 1;
}

/* True if they share an address, whatever they are. */
static inline bool resource_overlaps(const struct resource *r1, const struct resource *r2)
{
	return r1->start <= r2->end && r2->start <= r1->end;
}

#if KT_SINCE(5, 11)
/* What both have. It is false if that is nothing, and r stays as it was. */
static inline bool resource_intersection(const struct resource *r1, const struct resource *r2, struct resource *r)
{
	if (!resource_overlaps(r1, r2))
		return false;
	r->start = r1->start > r2->start ? r1->start : r2->start;
	r->end = r1->end < r2->end ? r1->end : r2->end;
	return true;
}

/* What either has. It is false if they share nothing, and r stays as it was. */
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

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Names: there are no ports and no device memory to reserve. */
#ifndef KT_CORE_LINUX_IOPORT_H
#define KT_CORE_LINUX_IOPORT_H

#include <kt/core/linux/types.h>

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

#endif

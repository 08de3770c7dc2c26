/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The leak detector, which does not exist here: ukmod reports memory that a module has not freed.
 */
#ifndef KT_CORE_LINUX_KMEMLEAK_H
#define KT_CORE_LINUX_KMEMLEAK_H

#include <kt/core/linux/types.h>

static inline void kmemleak_alloc(const void *block, size_t size, int min_count, gfp_t flags)
{
	(void)block, (void)size, (void)min_count, (void)flags;
}

static inline void kmemleak_alloc_percpu(const void *block, size_t size, gfp_t flags)
{
	(void)block, (void)size, (void)flags;
}

static inline void kmemleak_free(const void *block)
{
	(void)block;
}

static inline void kmemleak_free_part(const void *block, size_t size)
{
	(void)block, (void)size;
}

static inline void kmemleak_free_percpu(const void *block)
{
	(void)block;
}

static inline void kmemleak_update_trace(const void *block)
{
	(void)block;
}

static inline void kmemleak_not_leak(const void *block)
{
	(void)block;
}

static inline void kmemleak_ignore(const void *block)
{
	(void)block;
}

static inline void kmemleak_scan_area(const void *block, size_t size, gfp_t flags)
{
	(void)block, (void)size, (void)flags;
}

static inline void kmemleak_no_scan(const void *block)
{
	(void)block;
}

static inline void kmemleak_alloc_phys(phys_addr_t phys, size_t size, gfp_t flags)
{
	(void)phys, (void)size, (void)flags;
}

static inline void kmemleak_free_part_phys(phys_addr_t phys, size_t size)
{
	(void)phys, (void)size;
}

static inline void kmemleak_ignore_phys(phys_addr_t phys)
{
	(void)phys;
}

static inline void kmemleak_erase(void **pointer)
{
	*pointer = 0;
}

#endif

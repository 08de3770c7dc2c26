/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The processor keeps its caches coherent, so there is nothing to do. */
#ifndef KT_CORE_ASM_CACHEFLUSH_H
#define KT_CORE_ASM_CACHEFLUSH_H

struct page;

static inline void flush_cache_all(void)
{
}

static inline void flush_dcache_page(struct page *page)
{
	(void)page;
}

static inline void flush_icache_range(unsigned long start, unsigned long end)
{
	(void)start, (void)end;
}

#endif

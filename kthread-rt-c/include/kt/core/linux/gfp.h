/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Flags for allocations. The allocator itself only uses the zeroing flag. */
#ifndef KT_CORE_LINUX_GFP_H
#define KT_CORE_LINUX_GFP_H

#include <kt/core/asm-generic/getorder.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

#define __GFP_DMA 0x1u
#define __GFP_HIGHMEM 0x2u
#define __GFP_DMA32 0x4u
#define __GFP_MOVABLE 0x8u
#define __GFP_RECLAIMABLE 0x10u
#define __GFP_HIGH 0x20u
#define __GFP_IO 0x40u
#define __GFP_FS 0x80u
#define __GFP_ZERO 0x100u
#define __GFP_ATOMIC 0x200u
#define __GFP_DIRECT_RECLAIM 0x400u
#define __GFP_KSWAPD_RECLAIM 0x800u
#define __GFP_NOWARN 0x2000u
#define __GFP_RETRY_MAYFAIL 0x4000u
#define __GFP_NOFAIL 0x8000u
#define __GFP_NORETRY 0x10000u
#define __GFP_COMP 0x40000u
#define __GFP_NOMEMALLOC 0x80000u
#define __GFP_HARDWALL 0x100000u
#define __GFP_THISNODE 0x200000u
#define __GFP_ACCOUNT 0x400000u
#define __GFP_RECLAIM (__GFP_DIRECT_RECLAIM | __GFP_KSWAPD_RECLAIM)

#define GFP_ATOMIC (__GFP_HIGH | __GFP_ATOMIC | __GFP_KSWAPD_RECLAIM)
#define GFP_KERNEL (__GFP_RECLAIM | __GFP_IO | __GFP_FS)
#define GFP_KERNEL_ACCOUNT (GFP_KERNEL | __GFP_ACCOUNT)
#define GFP_NOWAIT __GFP_KSWAPD_RECLAIM
#define GFP_NOIO __GFP_RECLAIM
#define GFP_NOFS (__GFP_RECLAIM | __GFP_IO)
#define GFP_USER (GFP_KERNEL | __GFP_HARDWALL)
#define GFP_HIGHUSER (GFP_USER | __GFP_HIGHMEM)
#define GFP_HIGHUSER_MOVABLE (GFP_HIGHUSER | __GFP_MOVABLE)
#define GFP_DMA __GFP_DMA
#define GFP_DMA32 __GFP_DMA32
#if !KT_SINCE(4, 4)
#define __GFP_WAIT __GFP_DIRECT_RECLAIM
#endif
#if !KT_SINCE(4, 13)
#define __GFP_REPEAT __GFP_RETRY_MAYFAIL
#endif
#if !KT_SINCE(4, 14)
#define GFP_TEMPORARY (GFP_KERNEL | __GFP_RECLAIMABLE)
#endif

static inline bool gfpflags_allow_blocking(const gfp_t flags)
{
	return !!(flags & __GFP_DIRECT_RECLAIM);
}

KT_BEGIN
unsigned long __get_free_pages(gfp_t flags, unsigned int order);
void free_pages(unsigned long address, unsigned int order);
KT_END

#define __get_free_page(flags) __get_free_pages(flags, 0)

static inline unsigned long get_zeroed_page(gfp_t flags)
{
	return __get_free_pages(flags | __GFP_ZERO, 0);
}

#define free_page(address) free_pages((unsigned long)(address), 0)

static inline struct page *alloc_pages(gfp_t flags, unsigned int order)
{
	return (struct page *)__get_free_pages(flags, order);
}

#define alloc_page(flags) alloc_pages(flags, 0)

static inline void __free_pages(struct page *page, unsigned int order)
{
	free_pages((unsigned long)(page), order);
}

#define __free_page(page) __free_pages(page, 0)

static inline void *alloc_pages_exact(size_t size, gfp_t flags)
{
	return (void *)__get_free_pages(flags, get_order(size));
}

static inline void free_pages_exact(void *address, size_t size)
{
	free_pages((unsigned long)address, get_order(size));
}

#define __get_dma_pages(flags, order) __get_free_pages((flags) | GFP_DMA, order)

static inline struct page *alloc_pages_node(int node, gfp_t flags, unsigned int order)
{
	(void)node;
	return alloc_pages(flags, order);
}

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* How memory is asked for. Only zeroing means something in a process. */
#ifndef KT_CORE_LINUX_GFP_H
#define KT_CORE_LINUX_GFP_H

#include <kt/core/asm-generic/getorder.h>
#include <kt/core/linux/types.h>

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
#define __GFP_ACCOUNT 0x400000u
#define __GFP_RECLAIM (__GFP_DIRECT_RECLAIM | __GFP_KSWAPD_RECLAIM)

#define GFP_ATOMIC (__GFP_HIGH | __GFP_ATOMIC | __GFP_KSWAPD_RECLAIM)
#define GFP_KERNEL (__GFP_RECLAIM | __GFP_IO | __GFP_FS)
#define GFP_KERNEL_ACCOUNT (GFP_KERNEL | __GFP_ACCOUNT)
#define GFP_NOWAIT __GFP_KSWAPD_RECLAIM
#define GFP_NOIO __GFP_RECLAIM
#define GFP_NOFS (__GFP_RECLAIM | __GFP_IO)
#define GFP_USER GFP_KERNEL
#define GFP_HIGHUSER GFP_KERNEL
#define GFP_DMA GFP_KERNEL
#define GFP_DMA32 GFP_KERNEL

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

#endif

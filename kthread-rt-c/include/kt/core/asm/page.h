/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Pages of 4 KiB, whatever the system's are. */
#ifndef KT_CORE_ASM_PAGE_H
#define KT_CORE_ASM_PAGE_H

#include <kt/core/linux/types.h>

#ifndef PAGE_SHIFT
#define PAGE_SHIFT 12
#endif
#ifndef PAGE_SIZE
#define PAGE_SIZE (1UL << PAGE_SHIFT)
#endif
#ifndef PAGE_MASK
#define PAGE_MASK (~(PAGE_SIZE - 1))
#endif

/* Never defined: a page's struct page is the page's own address. */
struct page;

#define virt_to_page(address) ((struct page *)((unsigned long)(address) & PAGE_MASK))
#define virt_to_phys(address) ((phys_addr_t)(unsigned long)(address))
#define phys_to_virt(address) ((void *)(unsigned long)(address))
#define page_to_pfn(page) ((unsigned long)(page) >> PAGE_SHIFT)
#define pfn_to_page(pfn) ((struct page *)((unsigned long)(pfn) << PAGE_SHIFT))
#define virt_to_pfn(address) ((unsigned long)(address) >> PAGE_SHIFT)
#define page_to_phys(page) ((phys_addr_t)(unsigned long)(page))
#define __pa(address) ((unsigned long)(address))
#define __va(address) ((void *)(unsigned long)(address))
#define virt_addr_valid(address) ((unsigned long)(address) >= PAGE_SIZE)

static inline int pfn_valid(unsigned long pfn)
{
	return pfn != 0;
}

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Pages. They are blocks of memory like any other, told apart by their alignment; there is no mapping. */
#ifndef KT_CORE_LINUX_MM_H
#define KT_CORE_LINUX_MM_H

#include <kt/core/asm/page.h>
#include <kt/core/linux/gfp.h>
#include <kt/core/linux/mm_types.h>
#include <kt/core/linux/pfn.h>
#include <kt/core/linux/sysinfo.h>
#include <kt/core/linux/slab.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/vmalloc.h>
#include <kt/core/linux/version.h>

#define PAGE_ALIGN(n) (((n) + PAGE_SIZE - 1) & PAGE_MASK)
#define PAGE_ALIGN_DOWN(n) ((n) & PAGE_MASK)
#define PAGE_ALIGNED(n) (((unsigned long)(n) & ~PAGE_MASK) == 0)
#define offset_in_page(p) ((unsigned long)(p) & ~PAGE_MASK)

#define VM_READ 0x1ul
#define VM_WRITE 0x2ul
#define VM_EXEC 0x4ul
#define VM_SHARED 0x8ul
#define VM_IO 0x4000ul
#define VM_DONTEXPAND 0x40000ul
#define VM_DONTDUMP 0x4000000ul

KT_BEGIN
/* A page that is allocated has one reference; it is freed with the last one. */
void get_page(struct page *page);
void put_page(struct page *page);
int page_count(const struct page *page);
void si_meminfo(struct sysinfo *info) __asm__("kt_si_meminfo");
KT_END

#define page_address(page) ((void *)(page))
#define page_to_virt(page) ((void *)(page))

#if KT_SINCE(6, 3)
static inline void vm_flags_set(struct vm_area_struct *area, unsigned long flags)
{
	area->vm_flags |= flags;
}

static inline void vm_flags_clear(struct vm_area_struct *area, unsigned long flags)
{
	area->vm_flags &= ~flags;
}
#endif

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Pages. They are blocks of memory like any other, told apart by their alignment; there is no mapping. */
#ifndef KT_LINUX_MM_H
#define KT_LINUX_MM_H

#include <asm/page.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/types.h>
#include <linux/vmalloc.h>

#define PAGE_ALIGN(n) (((n) + PAGE_SIZE - 1) & PAGE_MASK)
#define PAGE_ALIGN_DOWN(n) ((n) & PAGE_MASK)
#define PAGE_ALIGNED(n) (((unsigned long)(n) & ~PAGE_MASK) == 0)
#define offset_in_page(p) ((unsigned long)(p) & ~PAGE_MASK)
#define PFN_UP(n) (((n) + PAGE_SIZE - 1) >> PAGE_SHIFT)
#define PFN_DOWN(n) ((n) >> PAGE_SHIFT)

#define VM_READ 0x1ul
#define VM_WRITE 0x2ul
#define VM_EXEC 0x4ul
#define VM_SHARED 0x8ul
#define VM_IO 0x4000ul
#define VM_DONTEXPAND 0x40000ul
#define VM_DONTDUMP 0x4000000ul

/* Never complete: a page's struct page is its address. */
struct page;

struct vm_operations_struct;
/* For mmap() of modules, which nobody calls. */
struct vm_area_struct {
	unsigned long vm_start;
	unsigned long vm_end;
	unsigned long vm_flags;
	unsigned long vm_pgoff;
	unsigned long vm_page_prot;
	void *vm_private_data;
	const struct vm_operations_struct *vm_ops;
};

struct sysinfo {
	long uptime;
	unsigned long totalram;
	unsigned long freeram;
	unsigned int mem_unit;
};

KT_BEGIN
unsigned long __get_free_pages(gfp_t flags, unsigned int order);
void free_pages(unsigned long address, unsigned int order);
void kt_si_meminfo(struct sysinfo *info);
KT_END

#define __get_free_page(flags) __get_free_pages(flags, 0)
#define get_zeroed_page(flags) __get_free_pages((flags) | __GFP_ZERO, 0)
#define free_page(address) free_pages((unsigned long)(address), 0)
#define alloc_pages(flags, order) ((struct page *)__get_free_pages(flags, order))
#define alloc_page(flags) alloc_pages(flags, 0)
#define __free_pages(page, order) free_pages((unsigned long)(page), order)
#define __free_page(page) __free_pages(page, 0)
#define alloc_pages_exact(size, flags) ((void *)__get_free_pages(flags, get_order(size)))
#define free_pages_exact(address, size) free_pages((unsigned long)(address), get_order(size))
#define page_address(page) ((void *)(page))
#define page_to_virt(page) ((void *)(page))
#define virt_to_page(address) ((struct page *)((unsigned long)(address) & PAGE_MASK))
#define virt_to_phys(address) ((phys_addr_t)(unsigned long)(address))
#define phys_to_virt(address) ((void *)(unsigned long)(address))
#define __pa(address) ((unsigned long)(address))
#define __va(address) ((void *)(unsigned long)(address))
#define virt_addr_valid(address) ((unsigned long)(address) >= PAGE_SIZE)
#define si_meminfo(info) kt_si_meminfo(info)

/* The order of a block of pages that `size` bytes fit in. */
static inline int get_order(unsigned long size)
{
	int order = 0;

	while (PAGE_SIZE << order < size)
		order++;
	return order;
}

#endif

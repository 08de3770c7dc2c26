/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Pages: aligned blocks of memory. There is no mapping. */
#ifndef KT_CORE_LINUX_MM_H
#define KT_CORE_LINUX_MM_H

#include <kt/core/asm/page.h>
#include <kt/core/linux/gfp.h>
#include <kt/core/linux/mm_types.h>
#include <kt/core/linux/mmzone.h>
#include <kt/core/linux/page-flags.h>
#include <kt/core/linux/pfn.h>
#include <kt/core/linux/sysinfo.h>
#include <kt/core/linux/slab.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/uaccess.h>
#include <kt/core/linux/version.h>
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
#define VM_MAYREAD 0x10ul
#define VM_MAYWRITE 0x20ul
#define VM_MAYEXEC 0x40ul
#define VM_MAYSHARE 0x80ul
#define VM_GROWSDOWN 0x100ul
#define VM_PFNMAP 0x400ul
#define VM_LOCKED 0x2000ul
#define VM_IO 0x4000ul
#define VM_DONTCOPY 0x20000ul
#define VM_DONTEXPAND 0x40000ul
#define VM_DONTDUMP 0x4000000ul
#define VM_MIXEDMAP 0x10000000ul
#if !KT_SINCE(3, 7)
#define VM_RESERVED (VM_DONTEXPAND | VM_DONTDUMP)
#endif

struct vm_fault {
	struct vm_area_struct *vma;
	gfp_t gfp_mask;
	unsigned long pgoff;
	unsigned long address;
	unsigned int flags;
	struct page *page;
};

struct vm_operations_struct {
	void (*open)(struct vm_area_struct *area);
	void (*close)(struct vm_area_struct *area);
#if KT_SINCE(4, 11)
	vm_fault_t (*fault)(struct vm_fault *fault);
	vm_fault_t (*page_mkwrite)(struct vm_fault *fault);
	vm_fault_t (*pfn_mkwrite)(struct vm_fault *fault);
#else
	int (*fault)(struct vm_area_struct *area, struct vm_fault *fault);
	int (*page_mkwrite)(struct vm_area_struct *area, struct vm_fault *fault);
	int (*pfn_mkwrite)(struct vm_area_struct *area, struct vm_fault *fault);
#endif
	int (*access)(struct vm_area_struct *area, unsigned long address, void *buffer, int length, int write);
	const char *(*name)(struct vm_area_struct *area);
};

KT_BEGIN
/* An allocated page has one reference; dropping the last one frees it. */
void get_page(struct page *page);
void put_page(struct page *page);
int page_count(const struct page *page);
/*
 * Maps memory of the process. Returns an address, or -errno. Only files of the operating system can
 * be mapped.
 */
unsigned long vm_mmap(struct file *file, unsigned long address, unsigned long length, unsigned long protection,
		      unsigned long flags, unsigned long offset);
int vm_munmap(unsigned long address, size_t length);
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

/* Before 5.0 it is a variable. */
#if KT_SINCE(5, 0)
static inline unsigned long totalram_pages(void)
{
	struct sysinfo info;

	si_meminfo(&info);
	return info.totalram;
}
#else
KT_BEGIN
extern unsigned long totalram_pages __asm__("kt_totalram_pages");
KT_END
#endif

static inline unsigned long nr_free_buffer_pages(void)
{
	struct sysinfo info;

	si_meminfo(&info);
	return info.freeram;
}

/* The pages of a vmalloc() block are ordinary pages. */
static inline struct page *vmalloc_to_page(const void *address)
{
	return virt_to_page(address);
}

static inline unsigned long vmalloc_to_pfn(const void *address)
{
	return virt_to_pfn(address);
}

static inline unsigned long vma_pages(const struct vm_area_struct *area)
{
	return (area->vm_end - area->vm_start) >> PAGE_SHIFT;
}

/* This does itself what a kernel needs the last argument for. */
#if KT_SINCE(4, 14)
static inline int do_munmap(struct mm_struct *mm, unsigned long address, size_t length, struct list_head *events)
{
	(void)mm, (void)events;
	return vm_munmap(address, length);
}
#else
static inline int do_munmap(struct mm_struct *mm, unsigned long address, size_t length)
{
	(void)mm;
	return vm_munmap(address, length);
}
#endif

/* Areas of an address space are not tracked. */
static inline struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long address)
{
	(void)mm, (void)address;
	return NULL;
}

/* There is only the kernel's address space, so nothing can be mapped into another. */
static inline int remap_pfn_range(struct vm_area_struct *area, unsigned long address, unsigned long pfn,
				  unsigned long size, pgprot_t how)
{
	(void)area, (void)address, (void)pfn, (void)size, (void)how;
	return -EINVAL;
}

static inline int vm_insert_page(struct vm_area_struct *area, unsigned long address, struct page *page)
{
	(void)area, (void)address, (void)page;
	return -EINVAL;
}

static inline int vm_iomap_memory(struct vm_area_struct *area, phys_addr_t start, unsigned long size)
{
	(void)area, (void)start, (void)size;
	return -EINVAL;
}

/* The memory is present already: takes a reference to each page. */
static inline int get_user_pages_fast(unsigned long start, int count, unsigned int flags, struct page **pages)
{
	int index;

	(void)flags;
	if (!kt_access_ok((void *)start, (unsigned long)count << PAGE_SHIFT))
		return -EFAULT;
	for (index = 0; index < count; index++) {
		pages[index] = virt_to_page(start + ((unsigned long)index << PAGE_SHIFT));
		get_page(pages[index]);
	}
	return count;
}
#define pin_user_pages_fast get_user_pages_fast
#define unpin_user_page put_page

static inline void unpin_user_pages(struct page **pages, unsigned long count)
{
	while (count--)
		put_page(pages[count]);
}

/* Pages are not written back. */
static inline int set_page_dirty(struct page *page)
{
	(void)page;
	return 0;
}

#endif

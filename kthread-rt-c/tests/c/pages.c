// SPDX-License-Identifier: MIT OR Apache-2.0
/* Pages: their references, and their numbers and addresses. */
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pfn.h>
#include <linux/pgtable.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/swap.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

static int __init test_init(void)
{
	struct page *page = alloc_page(GFP_KERNEL | __GFP_HIGHMEM), *found[2] = { NULL, NULL };
	struct page *two = alloc_pages_node(0, GFP_KERNEL, 1);
	char *area = vmalloc(3 * PAGE_SIZE), *text = kmap(page), copy[4];
	struct vm_area_struct of_nobody = { .vm_start = PAGE_SIZE, .vm_end = 4 * PAGE_SIZE };
	struct sysinfo info;

	strcpy(text, "abc");
	kunmap(page);
	get_page(page);
	get_page(page);
	pr_info("references: %d\n", page_count(page));
	put_page(page);
	__free_page(page);
	pr_info("after two are dropped: %d, its text %s\n", page_count(page), text);

	pr_info("to and fro: %d %d %d\n", pfn_to_page(page_to_pfn(page)) == page, virt_to_page(text + 5) == page,
		PFN_PHYS(page_to_pfn(page)) == virt_to_phys(text));
	pr_info("of a vmalloc block: %d %d\n", vmalloc_to_page(area + PAGE_SIZE + 9) == virt_to_page(area + PAGE_SIZE),
		vmalloc_to_pfn(area) == page_to_pfn(virt_to_page(area)));

	pr_info("pages of memory: %d\n", get_user_pages_fast((unsigned long)two, 2, FOLL_WRITE, found));
	pr_info("they have: %d %d\n", page_count(found[0]), page_count(found[1]));
	pr_info("of a bad address: %d\n", get_user_pages_fast(0, 1, 0, found));
	get_user_pages_fast((unsigned long)two, 2, 0, found);
	unpin_user_pages(found, 2);
	put_page(found[1]);
	put_page(found[0]);
	pr_info("none too many: %d\n", page_count(two));

	get_user_pages_fast((unsigned long)two, 2, 0, found);
	pr_info("side by side: %d\n", vmap(found, 2, VM_MAP, PAGE_KERNEL) == (void *)two);
	swap(found[0], found[1]);
	pr_info("the wrong way round: %d\n", vmap(found, 2, VM_MAP, PAGE_KERNEL) == NULL);
	unpin_user_pages(found, 2);

	si_meminfo(&info);
	pr_info("all memory: %d, some is free: %d\n", totalram_pages() == info.totalram, nr_free_buffer_pages() > 0);
	si_swapinfo(&info);
	pr_info("no more free than there is: %d %d\n", info.freeswap <= info.totalswap, info.bufferram <= info.totalram);
	pr_info("an area of %lu pages; nothing is mapped there: %d\n", vma_pages(&of_nobody),
		remap_pfn_range(&of_nobody, PAGE_SIZE, 1, PAGE_SIZE, pgprot_noncached(of_nobody.vm_page_prot)));
	pr_info("without a fault: %ld %s, with one: %ld\n", copy_from_kernel_nofault(copy, text, 4), copy,
		copy_from_kernel_nofault(copy, (void *)8, 4));

	put_page(page);
	__free_pages(two, 1);
	vfree(area);
	return 0;
}

static void __exit test_exit(void)
{
}

module_init(test_init);
module_exit(test_exit);
MODULE_LICENSE("GPL");

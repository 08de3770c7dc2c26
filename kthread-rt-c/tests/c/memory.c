// SPDX-License-Identifier: MIT OR Apache-2.0
/* Memory: sizes, zeroes, caches, pages, and what is told of wrong frees. */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

struct item {
	int number;
	char name[20];
};

static void item_ctor(void *object)
{
	((struct item *)object)->number = 7;
}

static int __init memory_init(void)
{
	struct kmem_cache *cache = kmem_cache_create("items", sizeof(struct item), 0, SLAB_HWCACHE_ALIGN, item_ctor);
	struct kmem_cache *other = KMEM_CACHE(item, 0);
	struct item *item, *second;
	char *block = kmalloc(100, GFP_KERNEL), *grown;
	unsigned long page;
	int local;

	pr_info("ksize: %zu, of NULL: %zu\n", ksize(block), ksize(NULL));
	memset(block, 'x', 100);
	grown = krealloc(block, 200, GFP_KERNEL);
	pr_info("krealloc keeps: %d, ksize: %zu\n", !memchr_inv(grown, 'x', 100), ksize(grown));
	kfree(grown);
	kfree(grown);
	kfree(&local);
	kfree(NULL);
	kfree(ZERO_SIZE_PTR);
	pr_info("overflow: %d\n", !kmalloc_array(1UL << 62, 8, GFP_KERNEL));

	block = vzalloc(5000);
	pr_info("vzalloc: aligned %d, zero %d, is_vmalloc_addr %d\n", PAGE_ALIGNED(block), mem_is_zero(block, 5000),
		is_vmalloc_addr(block));
	kfree(block);
	vfree(block);
	kvfree(vmalloc(10));
	kvfree(kvmalloc(10, GFP_KERNEL));

	page = __get_free_pages(GFP_KERNEL | __GFP_ZERO, 1);
	pr_info("pages: aligned %d, zero %d\n", IS_ALIGNED(page, 2 * PAGE_SIZE),
		mem_is_zero((void *)page, 2 * PAGE_SIZE));
	free_pages(page, 1);

	item = kmem_cache_alloc(cache, GFP_KERNEL);
	second = kmem_cache_zalloc(other, GFP_KERNEL);
	pr_info("cache: size %u, constructed %d, aligned %d, zeroed %d\n", kmem_cache_size(cache), item->number,
		IS_ALIGNED((unsigned long)item, 64), second->number);
	kmem_cache_free(other, item);
	kmem_cache_destroy(cache);
	kmem_cache_free(cache, item);
	kmem_cache_destroy(cache);
	kfree(second);
	kmem_cache_destroy(other);
	/* And one that is left. */
	return kmalloc(11, GFP_KERNEL) ? 0 : -ENOMEM;
}

static void __exit memory_exit(void)
{
}

module_init(memory_init);
module_exit(memory_exit);
MODULE_LICENSE("Dual MIT/GPL");

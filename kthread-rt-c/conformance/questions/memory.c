// SPDX-License-Identifier: MIT OR Apache-2.0
/* Memory: what is in it, how it is aligned, what a size of nothing is, caches and their constructors. */
#include "ask.h"
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

CASE(kmalloc, "kmalloc kzalloc kfree kcalloc kmalloc_array ZERO_SIZE_PTR ZERO_OR_NULL_PTR KMALLOC_MAX_SIZE ksize SIZE_MAX"
	      " GFP_KERNEL GFP_ATOMIC __GFP_ZERO")
{
	volatile size_t none = 0, huge = SIZE_MAX / 2;
	u8 *block = kzalloc(200, GFP_KERNEL), *atomic = kmalloc(64, GFP_ATOMIC | __GFP_ZERO);
	u32 *array = kcalloc(10, sizeof(u32), GFP_KERNEL);
	void *empty = kmalloc(none, GFP_KERNEL), *no_array = kcalloc(none, 8, GFP_KERNEL);

	answer("zeroed=%d,%d,%d aligned=%d", !memchr_inv(block, 0, 200), !memchr_inv(atomic, 0, 64), !memchr_inv(array, 0, 40),
	       IS_ALIGNED((unsigned long)block, ARCH_KMALLOC_MINALIGN));
	answer("of_0=%d,%d,%d", empty == ZERO_SIZE_PTR, no_array == ZERO_SIZE_PTR, ZERO_OR_NULL_PTR(empty));
	answer("or_null=%d,%d", ZERO_OR_NULL_PTR(NULL), ZERO_OR_NULL_PTR(block));
	answer("product=%d,%d", !kmalloc_array(huge, 3, GFP_KERNEL), !kcalloc(3, huge, GFP_KERNEL));
	answer("ksize_at_least=%d of_0=%zu of_null=%zu", ksize(array) >= 40, ksize(empty), ksize(NULL));
	kfree(block);
	kfree(atomic);
	kfree(array);
	kfree(empty);
	kfree(NULL);
	block = kmalloc(KMALLOC_MAX_SIZE + none + 1, GFP_KERNEL | __GFP_NOWARN);
	answer("too_large=%d", !block);
	kfree(block);
}

CASE(aligned, "kmalloc kmalloc_array")
{
	static const size_t sizes[] = { 8, 64, 128, 512, 4096 };
	int i;

	/* A size that is a power of two is its own alignment. */
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		void *blocks[3] = { kmalloc(sizes[i], GFP_KERNEL), kmalloc(sizes[i], GFP_KERNEL), kmalloc_array(sizes[i], 1, GFP_KERNEL) };
		int n, right = 0;

		for (n = 0; n < 3; n++) {
			right += IS_ALIGNED((unsigned long)blocks[n], sizes[i]);
			kfree(blocks[n]);
		}
		answer("size=%zu aligned=%d", sizes[i], right);
	}
}

CASE(krealloc, "krealloc krealloc_array kfree_sensitive ksize")
{
	volatile size_t none = 0;
	char *block = krealloc(NULL, 6, GFP_KERNEL), *larger;
	u16 *array;

	strcpy(block, "hello");
	larger = krealloc(block, 5000, GFP_KERNEL);
	answer("larger=[%s] size=%d", larger, ksize(larger) >= 5000);
	block = krealloc(larger, 3, GFP_KERNEL);
	answer("smaller=%.3s same=%d", block, block == larger);
	larger = krealloc(block, none, GFP_KERNEL);
	answer("of_0=%d", larger == ZERO_SIZE_PTR);
	larger = krealloc(larger, 8, GFP_KERNEL | __GFP_ZERO);
	answer("from_0=%d", !memchr_inv(larger, 0, 8));
	array = krealloc_array((void *)larger, SIZE_MAX / 4, 8, GFP_KERNEL);
	answer("array_too_large=%d", !array);
	kfree_sensitive(larger);
	kfree_sensitive(NULL);
}

struct object {
	u64 constructed;
	char text[24];
};

static atomic_t constructed;

static void construct(void *object)
{
	((struct object *)object)->constructed = 0x5a5a;
	atomic_inc(&constructed);
}

CASE(caches, "kmem_cache_create kmem_cache_alloc kmem_cache_free kmem_cache_destroy kmem_cache_zalloc kmem_cache_size KMEM_CACHE"
	     " kmem_cache_alloc_bulk kmem_cache_free_bulk kmem_cache_shrink")
{
	struct kmem_cache *cache = kmem_cache_create("ask_objects", sizeof(struct object), 64, 0, construct);
	struct kmem_cache *plain = KMEM_CACHE(object, 0);
	struct object *a, *b;
	void *many[8] = {};
	int n;

	if (!cache || !plain)
		return;
	a = kmem_cache_alloc(cache, GFP_KERNEL);
	b = kmem_cache_alloc(cache, GFP_KERNEL);
	answer("constructed=%d,%d at_least_2=%d aligned=%d size=%u", a->constructed == 0x5a5a, b->constructed == 0x5a5a,
	       atomic_read(&constructed) >= 2, IS_ALIGNED((unsigned long)a, 64) && IS_ALIGNED((unsigned long)b, 64),
	       kmem_cache_size(cache));
	/* Whoever frees an object leaves it as it was constructed, or finds its own words again. */
	kmem_cache_free(cache, a);
	kmem_cache_free(cache, b);
	a = kmem_cache_zalloc(plain, GFP_KERNEL);
	answer("zalloc=%d size=%u", !memchr_inv(a, 0, sizeof(*a)), kmem_cache_size(plain));
	kmem_cache_free(plain, a);
	n = kmem_cache_alloc_bulk(plain, GFP_KERNEL, ARRAY_SIZE(many), many);
	answer("bulk=%d all=%d", n, n == 8 && many[0] && many[7] && many[0] != many[7]);
	kmem_cache_free_bulk(plain, n, many);
	kmem_cache_shrink(plain);
	kmem_cache_destroy(plain);
	kmem_cache_destroy(cache);
	kmem_cache_destroy(NULL);
	answer("destroyed=%d", 1);
}

WARNS(virtual, "vmalloc vzalloc vfree is_vmalloc_addr kvmalloc kvzalloc kvfree kvmalloc_array kvcalloc PAGE_ALIGNED")
{
	volatile size_t none = 0, huge = SIZE_MAX / 2;
	void *block = vmalloc(100), *zeroed = vzalloc(10000), *small = kvzalloc(100, GFP_KERNEL), *array;

	answer("aligned=%d,%d zeroed=%d,%d", PAGE_ALIGNED(block), PAGE_ALIGNED(zeroed), !memchr_inv(zeroed, 0, 10000),
	       !memchr_inv(small, 0, 100));
	answer("is_vmalloc=%d,%d", is_vmalloc_addr(block), is_vmalloc_addr(small));
	vfree(block);
	vfree(zeroed);
	vfree(NULL);
	kvfree(small);
	answer("of_0=%d", !vmalloc(none));
	array = kvcalloc(1000, 4000, GFP_KERNEL);
	answer("large=%d zeroed=%d product=%d", array != NULL, array && !memchr_inv(array, 0, 4000000),
	       !kvmalloc_array(huge, 3, GFP_KERNEL));
	kvfree(array);
	kvfree(NULL);
	block = kvmalloc(none, GFP_KERNEL);
	answer("kvmalloc_of_0=%d", block == ZERO_SIZE_PTR);
	kvfree(block);
}

CASE(pages, "__get_free_page __get_free_pages get_zeroed_page free_page free_pages get_order PAGE_SIZE PAGE_SHIFT"
	    " PAGE_ALIGN offset_in_page PAGE_MASK")
{
	unsigned long one = __get_free_page(GFP_KERNEL), four = __get_free_pages(GFP_KERNEL | __GFP_ZERO, 2);
	unsigned long zeroed = get_zeroed_page(GFP_KERNEL);
	volatile unsigned long size = 5000;

	answer("aligned=%d,%d zeroed=%d,%d", PAGE_ALIGNED(one), IS_ALIGNED(four, 4 * PAGE_SIZE), !memchr_inv((void *)zeroed, 0, PAGE_SIZE),
	       !memchr_inv((void *)four, 0, 4 * PAGE_SIZE));
	free_page(one);
	free_pages(four, 2);
	free_page(zeroed);
	free_page(0);
	answer("size=%lu shift=%d order=%d,%d,%d,%d", PAGE_SIZE, PAGE_SHIFT, get_order(size - 4999), get_order(size - 904),
	       get_order(size), get_order(size << 3));
	answer("align=%lu offset=%lu mask=%lx", PAGE_ALIGN(size), offset_in_page(size), (unsigned long)PAGE_MASK);
}

ASK_MODULE(&case_kmalloc, &case_aligned, &case_krealloc, &case_caches, &case_virtual, &case_pages);

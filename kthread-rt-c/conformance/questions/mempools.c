// SPDX-License-Identifier: MIT OR Apache-2.0
/* Pools: elements that are kept back for when there is no memory. */
#include "ask.h"
#include <linux/mempool.h>
#include <linux/slab.h>

static int left, allocated, freed;

/* There is memory for a number of elements, and no more. */
static void *take(gfp_t flags, void *data)
{
	if (!left)
		return NULL;
	left--;
	allocated++;
	return kmalloc(32, flags);
}

static void give(void *element, void *data)
{
	freed++;
	kfree(element);
}

CASE(reserve, "mempool_create mempool_alloc mempool_free mempool_destroy mempool_t mempool_resize")
{
	mempool_t *pool;
	void *elements[4] = {};
	int i, ret;

	left = 1;
	pool = mempool_create(2, take, give, NULL);
	answer("not_enough=%d allocated=%d freed=%d", !pool, allocated, freed);
	allocated = freed = 0;
	left = 2;
	pool = mempool_create(2, take, give, NULL);
	answer("created=%d allocated=%d", pool != NULL, allocated);
	if (!pool)
		return;
	for (i = 0; i < 3; i++)
		elements[i] = mempool_alloc(pool, GFP_NOWAIT);
	answer("reserve=%d,%d then=%d", elements[0] != NULL, elements[1] != NULL, elements[2] != NULL);
	mempool_free(elements[0], pool);
	answer("kept freed=%d", freed);
	elements[0] = mempool_alloc(pool, GFP_NOWAIT);
	answer("again=%d", elements[0] != NULL);
	left = 1;
	elements[2] = mempool_alloc(pool, GFP_NOWAIT);
	answer("from_memory_first=%d allocated=%d", elements[2] != NULL, allocated);
	for (i = 0; i < 3; i++)
		mempool_free(elements[i], pool);
	mempool_free(NULL, pool);
	answer("given_back freed=%d", freed);
	left = 9;
	ret = mempool_resize(pool, 4);
	answer("resize=%d allocated=%d", ret, allocated);
	ret = mempool_resize(pool, 1);
	answer("smaller=%d freed=%d", ret, freed);
	mempool_destroy(pool);
	answer("destroyed balance=%d", allocated - freed);
	mempool_destroy(NULL);
}

CASE(kinds, "mempool_create_kmalloc_pool mempool_create_slab_pool mempool_init_kmalloc_pool mempool_exit mempool_alloc_slab"
	    " mempool_kmalloc mempool_initialized")
{
	struct kmem_cache *cache = kmem_cache_create("ask_pool", 40, 0, 0, NULL);
	mempool_t *slab, *plain, own = {};
	void *a, *b, *c;
	int ret;

	if (!cache)
		return;
	slab = mempool_create_slab_pool(2, cache);
	plain = mempool_create_kmalloc_pool(2, 100);
	answer("initialized_before=%d", mempool_initialized(&own));
	ret = mempool_init_kmalloc_pool(&own, 2, 60);
	a = mempool_alloc(slab, GFP_KERNEL);
	b = mempool_alloc(plain, GFP_KERNEL);
	c = mempool_alloc(&own, GFP_KERNEL);
	answer("init=%d initialized=%d elements=%d,%d,%d", ret, mempool_initialized(&own), a != NULL, b != NULL, c != NULL);
	answer("functions=%d,%d", slab->alloc == mempool_alloc_slab, plain->alloc == mempool_kmalloc);
	mempool_free(a, slab);
	mempool_free(b, plain);
	mempool_free(c, &own);
	mempool_exit(&own);
	mempool_destroy(slab);
	mempool_destroy(plain);
	kmem_cache_destroy(cache);
}

ASK_MODULE(&case_reserve, &case_kinds);

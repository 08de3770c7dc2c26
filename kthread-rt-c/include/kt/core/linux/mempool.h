/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Pools of blocks. Memory does not end here as a kernel's does: a pool hands out what its functions allocate, and keeps nothing back. */
#ifndef KT_CORE_LINUX_MEMPOOL_H
#define KT_CORE_LINUX_MEMPOOL_H

#include <kt/core/linux/compiler.h>
#include <kt/core/linux/slab.h>
#include <kt/core/linux/types.h>

typedef void *(mempool_alloc_t)(gfp_t flags, void *data);
typedef void(mempool_free_t)(void *block, void *data);

typedef struct mempool_s {
	int min_nr;
	void *pool_data;
	mempool_alloc_t *alloc;
	mempool_free_t *free;
} mempool_t;

static inline void *mempool_alloc_slab(gfp_t flags, void *data)
{
	return kmem_cache_alloc((struct kmem_cache *)data, flags);
}

static inline void mempool_free_slab(void *block, void *data)
{
	kmem_cache_free((struct kmem_cache *)data, block);
}

static inline void *mempool_kmalloc(gfp_t flags, void *data)
{
	return kmalloc((size_t)data, flags);
}

static inline void mempool_kfree(void *block, void *data)
{
	(void)data;
	kfree(block);
}

static inline mempool_t *mempool_create(int min_nr, mempool_alloc_t *alloc, mempool_free_t *free_, void *data)
{
	mempool_t *pool = (mempool_t *)kzalloc(sizeof(*pool), GFP_KERNEL);

	if (pool) {
		pool->min_nr = min_nr;
		pool->alloc = alloc;
		pool->free = free_;
		pool->pool_data = data;
	}
	return pool;
}

static inline void mempool_destroy(mempool_t *pool)
{
	kfree(pool);
}

static inline void *mempool_alloc(mempool_t *pool, gfp_t flags)
{
	return pool->alloc(flags, pool->pool_data);
}

static inline void mempool_free(void *block, mempool_t *pool)
{
	if (block)
		pool->free(block, pool->pool_data);
}

static inline mempool_t *mempool_create_slab_pool(int min_nr, struct kmem_cache *cache)
{
	return mempool_create(min_nr, mempool_alloc_slab, mempool_free_slab, cache);
}

static inline mempool_t *mempool_create_kmalloc_pool(int min_nr, size_t size)
{
	return mempool_create(min_nr, mempool_kmalloc, mempool_kfree, (void *)size);
}

#endif

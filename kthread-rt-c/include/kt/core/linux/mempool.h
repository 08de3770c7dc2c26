/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Pools with a reserve of elements for when memory runs out: shim/mempool.c. An allocation that may
 * sleep never fails. One that may not returns NULL when the allocator fails and the reserve is
 * empty.
 */
#ifndef KT_CORE_LINUX_MEMPOOL_H
#define KT_CORE_LINUX_MEMPOOL_H

#include <kt/core/linux/compiler.h>
#include <kt/core/linux/numa.h>
#include <kt/core/linux/spinlock.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>
#include <kt/core/linux/wait.h>

struct kmem_cache;

typedef void *mempool_alloc_t(gfp_t flags, void *data);
typedef void mempool_free_t(void *element, void *data);

typedef struct mempool_s {
	spinlock_t lock;
	int min_nr;  /* the size of the reserve */
	int curr_nr; /* its elements now */
	void **elements;
	void *pool_data;
	mempool_alloc_t *alloc;
	mempool_free_t *free;
	wait_queue_head_t wait;
} mempool_t;

KT_BEGIN
/* Returns 0, or -ENOMEM: a pool starts with a full reserve. */
int mempool_init_node(mempool_t *pool, int min_nr, mempool_alloc_t *alloc, mempool_free_t *free_, void *data, gfp_t flags,
		      int node);
int mempool_init(mempool_t *pool, int min_nr, mempool_alloc_t *alloc, mempool_free_t *free_, void *data);
void mempool_exit(mempool_t *pool);
mempool_t *mempool_create_node(int min_nr, mempool_alloc_t *alloc, mempool_free_t *free_, void *data, gfp_t flags, int node);
mempool_t *mempool_create(int min_nr, mempool_alloc_t *alloc, mempool_free_t *free_, void *data);
void mempool_destroy(mempool_t *pool);
int mempool_resize(mempool_t *pool, int min_nr);
void *mempool_alloc(mempool_t *pool, gfp_t flags);
/* From the reserve only, without sleeping. */
void *mempool_alloc_preallocated(mempool_t *pool);
void mempool_free(void *element, mempool_t *pool);

/* Allocators: from a cache, of a size, of 2^order pages. */
void *mempool_alloc_slab(gfp_t flags, void *data);
void mempool_free_slab(void *element, void *data);
void *mempool_kmalloc(gfp_t flags, void *data);
void mempool_kfree(void *element, void *data);
void *mempool_kvmalloc(gfp_t flags, void *data);
void mempool_kvfree(void *element, void *data);
void *mempool_alloc_pages(gfp_t flags, void *data);
void mempool_free_pages(void *element, void *data);
KT_END

static inline bool mempool_initialized(mempool_t *pool)
{
	return pool->elements != NULL;
}

static inline bool mempool_is_saturated(mempool_t *pool)
{
	return READ_ONCE(pool->curr_nr) >= pool->min_nr;
}

#define __KT_MEMPOOL(kind, type, name, alloc_, free_) \
	static inline int mempool_init_##kind##_pool(mempool_t *pool, int min_nr, type name) \
	{ \
		return mempool_init(pool, min_nr, alloc_, free_, (void *)(unsigned long)name); \
	} \
	static inline mempool_t *mempool_create_##kind##_pool(int min_nr, type name) \
	{ \
		return mempool_create(min_nr, alloc_, free_, (void *)(unsigned long)name); \
	}
__KT_MEMPOOL(slab, struct kmem_cache *, cache, mempool_alloc_slab, mempool_free_slab)
__KT_MEMPOOL(kmalloc, size_t, size, mempool_kmalloc, mempool_kfree)
#if KT_SINCE(4, 12)
__KT_MEMPOOL(kvmalloc, size_t, size, mempool_kvmalloc, mempool_kvfree)
#endif
__KT_MEMPOOL(page, int, order, mempool_alloc_pages, mempool_free_pages)

#endif

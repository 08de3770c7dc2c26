/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * linux/mempool.h. An allocation first tries the allocator without sleeping; then the reserve; then
 * the allocator with the caller's flags; then a caller that may sleep waits until an element is
 * freed. A freed element refills the reserve before it goes back to the allocator.
 *
 * No wake-up is lost: a waiter queues itself before its last check of the reserve, and a free adds
 * the element under the same lock before it wakes. A waiter also retries from time to time, since
 * the allocator may get memory without a free here.
 */
#include <kt/core/asm/might_sleep.h>
#include <kt/core/linux/bug.h>
#include <kt/core/linux/errno.h>
#include <kt/core/linux/gfp.h>
#include <kt/core/linux/jiffies.h>
#include <kt/core/linux/mempool.h>
#include <kt/core/linux/sched.h>
#include <kt/core/linux/slab.h>
#include <kt/core/linux/string.h>

/* The longest sleep between two tries. */
#define AGAIN_AFTER (5 * HZ)

/* In src/abi/blocks.rs. */
bool kt_is_allocated(const void *block, const char *call);
/* In src/abi/uninit.rs. */
void kt_not_initialised(const void *object, const char *what, const char *call);

/*
 * Warns and returns false if the pool has no array of elements. Such a pool has no reserve, so the
 * caller uses its allocator only.
 */
static bool has_elements(const mempool_t *pool, const char *call)
{
	if (pool->elements)
		return true;
	kt_not_initialised(pool, "a mempool: mempool_init() was not called, or mempool_exit() was called before", call);
	return false;
}

/* The caller holds the lock. */
static void keep(mempool_t *pool, void *element)
{
	pool->elements[pool->curr_nr++] = element;
}

static void *take(mempool_t *pool)
{
	void *element = NULL;
	unsigned long flags;

	spin_lock_irqsave(&pool->lock, flags);
	if (pool->curr_nr)
		element = pool->elements[--pool->curr_nr];
	spin_unlock_irqrestore(&pool->lock, flags);
	return element;
}

int mempool_init_node(mempool_t *pool, int min_nr, mempool_alloc_t *alloc, mempool_free_t *free_, void *data, gfp_t flags,
		      int node)
{
	(void)node;
	memset(pool, 0, sizeof(*pool));
	spin_lock_init(&pool->lock);
	init_waitqueue_head(&pool->wait);
	pool->min_nr = min_nr;
	pool->alloc = alloc;
	pool->free = free_;
	pool->pool_data = data;
	pool->elements = (void **)kmalloc_array((size_t)min_nr, sizeof(void *), flags);
	if (!pool->elements)
		return -ENOMEM;
	while (pool->curr_nr < min_nr) {
		void *element = alloc(flags, data);

		if (!element) {
			mempool_exit(pool);
			return -ENOMEM;
		}
		keep(pool, element);
	}
	return 0;
}

int mempool_init(mempool_t *pool, int min_nr, mempool_alloc_t *alloc, mempool_free_t *free_, void *data)
{
	return mempool_init_node(pool, min_nr, alloc, free_, data, GFP_KERNEL, NUMA_NO_NODE);
}

void mempool_exit(mempool_t *pool)
{
	while (pool->curr_nr)
		pool->free(pool->elements[--pool->curr_nr], pool->pool_data);
	kfree(pool->elements);
	pool->elements = NULL;
}

mempool_t *mempool_create_node(int min_nr, mempool_alloc_t *alloc, mempool_free_t *free_, void *data, gfp_t flags, int node)
{
	mempool_t *pool = (mempool_t *)kzalloc(sizeof(*pool), flags);

	if (pool && mempool_init_node(pool, min_nr, alloc, free_, data, flags, node)) {
		kfree(pool);
		pool = NULL;
	}
	return pool;
}

mempool_t *mempool_create(int min_nr, mempool_alloc_t *alloc, mempool_free_t *free_, void *data)
{
	return mempool_create_node(min_nr, alloc, free_, data, GFP_KERNEL, NUMA_NO_NODE);
}

void mempool_destroy(mempool_t *pool)
{
	if (!pool || !kt_is_allocated(pool, "mempool_destroy"))
		return;
	mempool_exit(pool);
	kfree(pool);
}

int mempool_resize(mempool_t *pool, int min_nr)
{
	void **elements, **old;
	unsigned long flags;

	BUG_ON(min_nr <= 0);
	elements = (void **)kmalloc_array((size_t)min_nr, sizeof(void *), GFP_KERNEL);
	if (!elements)
		return -ENOMEM;
	for (;;) {
		void *extra = NULL;

		spin_lock_irqsave(&pool->lock, flags);
		if (pool->curr_nr > min_nr)
			extra = pool->elements[--pool->curr_nr];
		else
			break;
		spin_unlock_irqrestore(&pool->lock, flags);
		pool->free(extra, pool->pool_data);
	}
	memcpy(elements, pool->elements, (size_t)pool->curr_nr * sizeof(void *));
	old = pool->elements;
	pool->elements = elements;
	pool->min_nr = min_nr;
	spin_unlock_irqrestore(&pool->lock, flags);
	kfree(old);

	/* If the reserve can't be filled now, freed elements fill it later. */
	while (!mempool_is_saturated(pool)) {
		void *element = pool->alloc(GFP_KERNEL, pool->pool_data);

		if (!element)
			break;
		mempool_free(element, pool);
	}
	return 0;
}

void *mempool_alloc_preallocated(mempool_t *pool)
{
	return take(pool);
}

void *mempool_alloc(mempool_t *pool, gfp_t flags)
{
	gfp_t asked;

	if (gfpflags_allow_blocking(flags))
		kt_might_sleep("mempool_alloc");
	if (!has_elements(pool, "mempool_alloc"))
		return pool->alloc ? pool->alloc(flags, pool->pool_data) : NULL;
	/* An element of the reserve has its old contents. */
	WARN_ON_ONCE(flags & __GFP_ZERO);
	flags |= __GFP_NORETRY | __GFP_NOWARN;
	for (asked = flags & ~(__GFP_DIRECT_RECLAIM | __GFP_IO);; asked = flags) {
		void *element = pool->alloc(asked, pool->pool_data);
		DEFINE_WAIT(wait);

		if (!element)
			element = take(pool);
		if (element)
			return element;
		if (asked != flags)
			continue;
		if (!gfpflags_allow_blocking(flags))
			return NULL;
		prepare_to_wait(&pool->wait, &wait, TASK_UNINTERRUPTIBLE);
		element = take(pool);
		if (!element)
			io_schedule_timeout(AGAIN_AFTER);
		finish_wait(&pool->wait, &wait);
		if (element)
			return element;
	}
}

void mempool_free(void *element, mempool_t *pool)
{
	unsigned long flags;
	bool kept = false;

	if (!element)
		return;
	if (!has_elements(pool, "mempool_free")) {
		if (pool->free)
			pool->free(element, pool->pool_data);
		return;
	}
	/*
	 * If another thread took this element from the reserve, the shortage is visible here: the
	 * lock orders it.
	 */
	spin_lock_irqsave(&pool->lock, flags);
	if (pool->curr_nr < pool->min_nr) {
		keep(pool, element);
		kept = true;
	}
	spin_unlock_irqrestore(&pool->lock, flags);
	if (kept)
		wake_up(&pool->wait);
	else
		pool->free(element, pool->pool_data);
}

void *mempool_alloc_slab(gfp_t flags, void *data)
{
	return kmem_cache_alloc((struct kmem_cache *)data, flags);
}

void mempool_free_slab(void *element, void *data)
{
	kmem_cache_free((struct kmem_cache *)data, element);
}

void *mempool_kmalloc(gfp_t flags, void *data)
{
	return kmalloc((size_t)data, flags);
}

void mempool_kfree(void *element, void *data)
{
	(void)data;
	kfree(element);
}

void *mempool_kvmalloc(gfp_t flags, void *data)
{
	return kvmalloc((size_t)data, flags);
}

void mempool_kvfree(void *element, void *data)
{
	(void)data;
	kvfree(element);
}

void *mempool_alloc_pages(gfp_t flags, void *data)
{
	return alloc_pages(flags, (unsigned int)(unsigned long)data);
}

void mempool_free_pages(void *element, void *data)
{
	__free_pages((struct page *)element, (unsigned int)(unsigned long)data);
}

// SPDX-License-Identifier: MIT OR Apache-2.0
/* Pools with a reserve: an allocator that can be told to have nothing, and what the pools make of it. */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/mempool.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>

static int left = INT_MAX, allocated, freed;

static void *take(gfp_t flags, void *data)
{
	if (!left)
		return NULL;
	left--;
	allocated++;
	return kmalloc((size_t)data, flags);
}

static void give(void *element, void *data)
{
	freed++;
	kfree(element);
}

static void tell(const char *what)
{
	pr_info("%s: allocated %d, freed %d\n", what, allocated, freed);
	allocated = freed = 0;
}

static DECLARE_COMPLETION(waits);

static int waiter(void *pool)
{
	complete(&waits);
	/* The allocator has nothing and never will: only what comes back ends this. */
	return mempool_alloc(pool, GFP_KERNEL) == NULL;
}

static void reserve(void)
{
	mempool_t *pool = mempool_create(3, take, give, (void *)64);
	struct task_struct *task;
	void *got[5];
	int i;

	pr_info("min_nr %d, curr_nr %d\n", pool->min_nr, pool->curr_nr);
	tell("created");
	got[0] = mempool_alloc(pool, GFP_KERNEL);
	pr_info("the allocator comes first: %d kept\n", pool->curr_nr);
	tell("alloc");
	left = 0;
	for (i = 1; i < 4; i++)
		got[i] = mempool_alloc(pool, i & 1 ? GFP_NOWAIT : GFP_KERNEL);
	pr_info("then the reserve: %d, %d kept; without a wait: %d", got[1] && got[2] && got[3], pool->curr_nr,
		mempool_alloc(pool, GFP_NOWAIT) == NULL);
	pr_cont(" %d %d\n", mempool_alloc(pool, GFP_ATOMIC) == NULL, mempool_alloc_preallocated(pool) == NULL);

	task = kthread_create(waiter, pool, "waiter");
	get_task_struct(task);
	wake_up_process(task);
	wait_for_completion(&waits);
	mempool_free(got[3], pool);
	/* Its answer is there only when it has got the element. */
	pr_info("who waits gets what is freed: %d", kthread_stop(task));
	put_task_struct(task);
	pr_cont(", %d kept\n", pool->curr_nr);
	mempool_free(got[0], pool);
	mempool_free(got[1], pool);
	mempool_free(got[2], pool);
	mempool_free(NULL, pool);
	/* That of the waiter is the same block as got[3]. */
	mempool_free(got[3], pool);
	pr_info("filled up: %d of %d\n", pool->curr_nr, pool->min_nr);
	tell("freed four");

	left = INT_MAX;
	pr_info("resized: %d", mempool_resize(pool, 5));
	pr_cont(", %d kept\n", pool->curr_nr);
	tell("to 5");
	pr_info("resized: %d", mempool_resize(pool, 1));
	pr_cont(", %d kept\n", pool->curr_nr);
	tell("to 1");
	mempool_destroy(pool);
	mempool_destroy(NULL);
	tell("destroyed");
	left = 2;
	pr_info("not created without a whole reserve: %d\n", mempool_create(3, take, give, (void *)64) == NULL);
	tell("of two");
}

/* The kinds that there are, embedded in a structure of the user's. */
static void kinds(void)
{
	struct kmem_cache *cache = kmem_cache_create("pool", 48, 8, 0, NULL);
	mempool_t slab, bytes, pages, big = { };
	void *a, *b, *c, *d;

	pr_info("not initialized: %d, then: %d", mempool_initialized(&big),
		mempool_init_slab_pool(&slab, 2, cache) | mempool_init_kmalloc_pool(&bytes, 2, 100) |
			mempool_init_page_pool(&pages, 2, 1) | mempool_init_kvmalloc_pool(&big, 1, 10000));
	pr_cont(" %d\n", mempool_initialized(&big));
	a = mempool_alloc(&slab, GFP_KERNEL);
	b = mempool_alloc(&bytes, GFP_KERNEL);
	c = mempool_alloc(&pages, GFP_KERNEL);
	d = mempool_alloc(&big, GFP_KERNEL);
	pr_info("of a cache %zu, of bytes %zu, of pages %zu (aligned %d), of more %zu\n", ksize(a), ksize(b),
		ksize(page_address(c)), PAGE_ALIGNED(page_address(c)), ksize(d));
	mempool_free(a, &slab);
	mempool_free(b, &bytes);
	mempool_free(c, &pages);
	mempool_free(d, &big);
	mempool_exit(&slab);
	mempool_exit(&bytes);
	mempool_exit(&pages);
	mempool_exit(&big);
	mempool_exit(&big);
	kmem_cache_destroy(cache);
}

static int __init mempool_test_init(void)
{
	reserve();
	kinds();
	return 0;
}

static void __exit mempool_test_exit(void)
{
}

module_init(mempool_test_init);
module_exit(mempool_test_exit);
MODULE_LICENSE("Dual MIT/Apache-2.0");

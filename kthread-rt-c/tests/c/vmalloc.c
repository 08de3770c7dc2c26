// SPDX-License-Identifier: MIT OR Apache-2.0
/* What lib/test_vmalloc.c asks for: alignments, per-cpu blocks, and blocks that are freed after a grace period. */
#include <linux/device.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

struct kept {
	struct rcu_head rcu;
	int value;
};

struct wide {
	long value;
} __aligned(2048);

static void *at(unsigned long align)
{
	return __vmalloc_node(PAGE_SIZE, align, GFP_KERNEL | __GFP_ZERO, NUMA_NO_NODE, __builtin_return_address(0));
}

static void whole_pages(void)
{
	void *byte = at(1), *block = at(THREAD_ALIGN << 1);

	pr_info("aligned to pages at least: %d\n", PAGE_ALIGNED(byte));
	pr_info("and to what was asked for: %d\n", !((unsigned long)block & ((THREAD_ALIGN << 1) - 1)));
	pr_info("to what there is no room for: %p\n", at(1UL << 63));
	pr_info("to what is no power of two: %p\n", at(48));
	vfree(byte);
	vfree(block);
}

static void after_a_grace_period(void)
{
	kvfree_rcu((struct kept *)vmalloc(sizeof(struct kept)), rcu);
	kvfree_rcu((struct kept *)vmalloc(sizeof(struct kept)));
	kfree_rcu((struct kept *)kmalloc(sizeof(struct kept), GFP_KERNEL), rcu);
	rcu_barrier();
	pr_info("freed, vmalloc's too\n");
}

static void of_each_cpu(void)
{
	struct wide __percpu *wide = alloc_percpu(struct wide);
	unsigned long aligned = 0;
	long sum = 0;
	int cpu;

	for_each_possible_cpu(cpu) {
		aligned |= (unsigned long)per_cpu_ptr(wide, cpu);
		sum += per_cpu_ptr(wide, cpu)->value;
		per_cpu_ptr(wide, cpu)->value = cpu + 1;
	}
	pr_info("each cpu's is aligned: %d, and zero: %d\n", !(aligned & 2047), sum == 0);
	for_each_possible_cpu(cpu)
		sum += per_cpu_ptr(wide, cpu)->value;
	pr_info("and its own: %d\n", sum == nr_cpu_ids * (nr_cpu_ids + 1) / 2);
	free_percpu(wide);
	pr_info("of no size: %p\n", __alloc_percpu(0, 8));
	pr_info("too large: %p\n", __alloc_percpu(32769, 8));
	pr_info("too wide: %p\n", __alloc_percpu(8, PAGE_SIZE * 2));
}

/* What a kernel's struct worker begins with. */
struct begins {
	struct list_head entry;
	struct work_struct *current_work;
	work_func_t current_func;
};

static void look_at_the_worker(struct work_struct *work)
{
	struct begins *worker = kthread_data(current);

	pr_info("a worker's datum has its work: %d, and its function: %d\n", worker->current_work == work,
		worker->current_func == look_at_the_worker);
}

static DECLARE_WORK(work, look_at_the_worker);

static int __init vmalloc_init(void)
{
	whole_pages();
	after_a_grace_period();
	of_each_cpu();
	schedule_work(&work);
	flush_work(&work);
	return 0;
}

static void __exit vmalloc_exit(void)
{
}

module_init(vmalloc_init);
module_exit(vmalloc_exit);
MODULE_LICENSE("Dual MIT/Apache-2.0");

// SPDX-License-Identifier: MIT OR Apache-2.0
/* Per-cpu sums and reference counts. */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/percpu-refcount.h>
#include <linux/percpu_counter.h>

#define THREADS 3
#define TIMES 20000

static struct percpu_counter counter;
static struct percpu_ref ref;
static DECLARE_COMPLETION(released);
static DECLARE_COMPLETION(confirmed);
static DECLARE_COMPLETION(got);
static int releases;

static int adder(void *unused)
{
	for (int i = 0; i < TIMES; i++) {
		percpu_counter_add(&counter, 3);
		percpu_counter_dec(&counter);
	}
	return 0;
}

static void sums(void)
{
	struct task_struct *tasks[THREADS];
	s64 rough;
	int i;

	pr_info("init: %d", percpu_counter_initialized(&counter));
	pr_cont(" %d", percpu_counter_init(&counter, 5, GFP_KERNEL));
	pr_cont(" %d, batch at least 32: %d\n", percpu_counter_initialized(&counter), percpu_counter_batch >= 32);
	percpu_counter_add_batch(&counter, 4, 10);
	rough = percpu_counter_read(&counter);
	pr_info("below a batch: read %lld, sum %lld", rough, percpu_counter_sum(&counter));
	percpu_counter_sync(&counter);
	pr_cont(", synced %lld", percpu_counter_read(&counter));
	percpu_counter_add_batch(&counter, 10, 10);
	pr_cont(", a batch at once %lld", percpu_counter_read(&counter));
	percpu_counter_add(&counter, 1LL << 40);
	pr_cont(", a large one %lld\n", percpu_counter_sum(&counter) >> 40);
	percpu_counter_set(&counter, -7);
	pr_info("set: %lld %lld %lld\n", percpu_counter_sum(&counter), percpu_counter_sum_positive(&counter),
		percpu_counter_read_positive(&counter));
	percpu_counter_add_local(&counter, 8);
	pr_info("compared: %d %d %d %d\n", percpu_counter_compare(&counter, 0), percpu_counter_compare(&counter, 1),
		percpu_counter_compare(&counter, 2), percpu_counter_compare(&counter, 1LL << 40));
	percpu_counter_set(&counter, 0);
	for (i = 0; i < THREADS; i++) {
		tasks[i] = kthread_create(adder, NULL, "adder/%d", i);
		get_task_struct(tasks[i]);
		wake_up_process(tasks[i]);
	}
	adder(NULL);
	/* Each has begun, or is not to: so its part of the sum is known. */
	for (i = rough = 0; i < THREADS; i++) {
		rough += kthread_stop(tasks[i]) == 0;
		put_task_struct(tasks[i]);
	}
	pr_info("threads: %d\n", percpu_counter_sum(&counter) == (rough + 1) * 2 * TIMES);
	percpu_counter_destroy(&counter);
	percpu_counter_destroy(&counter);
}

static void release(struct percpu_ref *unused)
{
	releases++;
	complete(&released);
}

static void confirm(struct percpu_ref *unused)
{
	complete(&confirmed);
}

static int holder(void *unused)
{
	percpu_ref_get(&ref);
	complete(&got);
	for (int i = 0; i < TIMES; i++) {
		if (percpu_ref_tryget(&ref))
			percpu_ref_put(&ref);
	}
	percpu_ref_put(&ref);
	return 0;
}

static void references(void)
{
	struct task_struct *task;
	unsigned long __percpu *part;

	pr_info("ref: %d", percpu_ref_init(&ref, release, PERCPU_REF_ALLOW_REINIT, GFP_KERNEL));
	pr_cont(", per cpu %d, zero %d, dying %d", __ref_is_percpu(&ref, &part), percpu_ref_is_zero(&ref), percpu_ref_is_dying(&ref));
	percpu_ref_get_many(&ref, 3);
	pr_cont(", tryget %d %d\n", percpu_ref_tryget(&ref), percpu_ref_tryget_live(&ref));
	percpu_ref_put_many(&ref, 5);
	task = kthread_create(holder, NULL, "holder");
	get_task_struct(task);
	wake_up_process(task);
	wait_for_completion(&got);
	percpu_ref_kill_and_confirm(&ref, confirm);
	wait_for_completion(&confirmed);
	pr_info("killed: dying %d, live %d", percpu_ref_is_dying(&ref), percpu_ref_tryget_live(&ref));
	wait_for_completion(&released);
	pr_cont(", released %d times, zero %d, tryget %d\n", releases, percpu_ref_is_zero(&ref), percpu_ref_tryget(&ref));
	kthread_stop(task);
	put_task_struct(task);

	percpu_ref_reinit(&ref);
	pr_info("again: per cpu %d, dying %d, zero %d", __ref_is_percpu(&ref, &part), percpu_ref_is_dying(&ref), percpu_ref_is_zero(&ref));
	percpu_ref_get(&ref);
	percpu_ref_switch_to_atomic_sync(&ref);
	pr_cont(", atomic: per cpu %d", __ref_is_percpu(&ref, &part));
	percpu_ref_put(&ref);
	percpu_ref_switch_to_percpu(&ref);
	pr_cont(", back: %d\n", __ref_is_percpu(&ref, &part));
	percpu_ref_get(&ref);
	percpu_ref_kill(&ref);
	percpu_ref_resurrect(&ref);
	pr_info("resurrected: dying %d, live %d", percpu_ref_is_dying(&ref), percpu_ref_tryget_live(&ref));
	percpu_ref_put_many(&ref, 2);
	pr_cont(", released %d times\n", releases);
	percpu_ref_kill(&ref);
	wait_for_completion(&released);
	pr_info("released %d times, zero %d\n", releases, percpu_ref_is_zero(&ref));
	percpu_ref_exit(&ref);
	pr_info("dead: %d", percpu_ref_init(&ref, release, PERCPU_REF_INIT_DEAD, GFP_KERNEL));
	pr_cont(", zero %d", percpu_ref_is_zero(&ref));
	percpu_ref_reinit(&ref);
	pr_cont(", then live %d\n", percpu_ref_tryget_live(&ref));
	percpu_ref_put(&ref);
	percpu_ref_exit(&ref);
}

static int __init counters_init(void)
{
	sums();
	references();
	return 0;
}

static void __exit counters_exit(void)
{
}

module_init(counters_init);
module_exit(counters_exit);
MODULE_LICENSE("Dual MIT/Apache-2.0");

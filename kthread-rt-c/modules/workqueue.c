// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * The C twin of examples/workqueue_pipeline.rs: a job in many pieces. Each piece is a work of its own, on a queue that is bound
 * to no cpu. An ordered queue, whose works never run beside each other, adds up the results, so the sum needs no lock. A
 * delayed work says from time to time how far the job is.
 */
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

static unsigned int pieces = 200;
module_param(pieces, uint, 0444);
MODULE_PARM_DESC(pieces, "how many works the job is made of");

static unsigned int report_ms = 100;
module_param(report_ms, uint, 0444);
MODULE_PARM_DESC(report_ms, "milliseconds from one report of the progress to the next");

struct piece {
	u32 number;
	u32 result;
	struct work_struct compute;
	struct work_struct collect;
};

static struct workqueue_struct *computers, *collector;
static struct piece *job;
static unsigned int collected;
static u64 sum;

/* Runs in the ordered queue only. */
static void collect(struct work_struct *work)
{
	struct piece *piece = container_of(work, struct piece, collect);

	sum += piece->result;
	WRITE_ONCE(collected, collected + 1);
}

static void compute(struct work_struct *work)
{
	struct piece *piece = container_of(work, struct piece, compute);
	u32 n = piece->number + 1;

	/* The steps of the Collatz sequence, of which nobody knows why it always ends. */
	for (piece->result = 0; n != 1; piece->result++)
		n = n % 2 ? 3 * n + 1 : n / 2;
	queue_work(collector, &piece->collect);
}

static void report(struct work_struct *work)
{
	pr_info("%u of %u pieces\n", READ_ONCE(collected), pieces);
	schedule_delayed_work(to_delayed_work(work), msecs_to_jiffies(report_ms));
}

static DECLARE_DELAYED_WORK(reporter, report);

static int __init pipeline_init(void)
{
	unsigned int i;

	job = kcalloc(pieces, sizeof(*job), GFP_KERNEL);
	computers = alloc_workqueue("computers", WQ_UNBOUND | WQ_CPU_INTENSIVE, 0);
	collector = alloc_ordered_workqueue("collector", 0);
	if (!job || !computers || !collector)
		goto failed;
	schedule_delayed_work(&reporter, msecs_to_jiffies(report_ms));
	for (i = 0; i < pieces; i++) {
		job[i].number = i;
		INIT_WORK(&job[i].compute, compute);
		INIT_WORK(&job[i].collect, collect);
		queue_work(computers, &job[i].compute);
	}
	return 0;
failed:
	if (computers)
		destroy_workqueue(computers);
	if (collector)
		destroy_workqueue(collector);
	kfree(job);
	return -ENOMEM;
}

static void __exit pipeline_exit(void)
{
	/* The computers' works queue works to the collector, so the collector comes second. */
	destroy_workqueue(computers);
	destroy_workqueue(collector);
	cancel_delayed_work_sync(&reporter);
	pr_info("done: %u pieces, %llu steps\n", collected, sum);
	kfree(job);
}

module_init(pipeline_init);
module_exit(pipeline_exit);
MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("A job in many pieces: work queues");

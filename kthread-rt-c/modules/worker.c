// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * The C twin of examples/worker.rs: a device with one request thread. Requests are served in the order in which they came; a
 * flush is the barrier behind which all that came before has been done. One request is taken back before its turn, and one
 * that submits itself for ever ends by being cancelled.
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/module.h>

struct request {
	const char *name;
	struct kthread_work work;
};

static struct kthread_worker *disk;
static DECLARE_COMPLETION(begun);
static DECLARE_COMPLETION(go);
static DECLARE_COMPLETION(patrolled);

static void serve(struct kthread_work *work)
{
	pr_info("%s: served %s\n", current->comm, container_of(work, struct request, work)->name);
}

/* Holds the thread up, so that what follows has to wait in the queue. */
static void serve_slowly(struct kthread_work *work)
{
	complete(&begun);
	wait_for_completion(&go);
	serve(work);
}

static void patrol(struct kthread_work *work)
{
	complete(&patrolled);
	kthread_queue_work(disk, work);
}

static struct request slow = { "slow", KTHREAD_WORK_INIT(slow.work, serve_slowly) };
static struct request reading = { "read", KTHREAD_WORK_INIT(reading.work, serve) };
static struct request writing = { "write", KTHREAD_WORK_INIT(writing.work, serve) };
static struct request trim = { "trim", KTHREAD_WORK_INIT(trim.work, serve) };
static struct request guard = { "guard", KTHREAD_WORK_INIT(guard.work, patrol) };

static int __init worker_init(void)
{
	int i;

	disk = kthread_create_worker(0, "disk/%d", 0);
	if (IS_ERR(disk))
		return PTR_ERR(disk);
	kthread_queue_work(disk, &slow.work);
	wait_for_completion(&begun);
	kthread_queue_work(disk, &reading.work);
	kthread_queue_work(disk, &trim.work);
	if (!kthread_queue_work(disk, &reading.work))
		pr_info("the read is pending already\n");
	kthread_queue_work(disk, &writing.work);
	if (kthread_cancel_work_sync(&trim.work))
		pr_info("took back the trim\n");

	complete(&go);
	kthread_flush_worker(disk);
	pr_info("write-back: all requests before the barrier are done\n");

	kthread_queue_work(disk, &guard.work);
	for (i = 0; i < 3; i++)
		wait_for_completion(&patrolled);
	kthread_cancel_work_sync(&guard.work);
	pr_info("cancelled the patrol\n");
	kthread_queue_work(disk, &writing.work);
	return 0;
}

static void __exit worker_exit(void)
{
	/* Serves what is still queued. */
	kthread_destroy_worker(disk);
	pr_info("destroyed\n");
}

module_init(worker_init);
module_exit(worker_exit);
MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("A request thread: kthread_worker");

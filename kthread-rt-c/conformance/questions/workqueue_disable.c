// SPDX-License-Identifier: MIT OR Apache-2.0
/* Works that are disabled, from 6.10 on, and queues whose works are not a thread's. */
#include "ask.h"
#include <linux/preempt.h>
#include <linux/workqueue.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
static atomic_t runs;
static bool stays;
static struct completion began, go_on;

static void counts(struct work_struct *work)
{
	atomic_inc(&runs);
	if (stays) {
		complete(&began);
		wait_for_completion(&go_on);
	}
}

static struct work_struct work;
static struct delayed_work delayed;

WARNS(disable, "disable_work disable_work_sync enable_work queue_work work_pending work_busy")
{
	int first, second, queued, third;

	atomic_set(&runs, 0);
	INIT_WORK(&work, counts);
	first = disable_work(&work);
	queued = schedule_work(&work);
	answer("idle disable=%d queue=%d pending=%d busy=%u", first, queued, work_pending(&work), work_busy(&work));
	second = disable_work_sync(&work);
	first = enable_work(&work);
	queued = schedule_work(&work);
	answer("nested disable=%d enable=%d queue=%d", second, first, queued);
	first = enable_work(&work);
	queued = schedule_work(&work);
	flush_work(&work);
	answer("enable=%d queue=%d runs=%d", first, queued, atomic_read(&runs));
	/* One too many, which the kernel warns of. */
	first = enable_work(&work);
	queued = schedule_work(&work);
	flush_work(&work);
	answer("too_many=%d queue=%d runs=%d", first, queued, atomic_read(&runs));
	first = disable_work(&work);
	second = cancel_work_sync(&work);
	third = enable_and_queue_work(system_wq, &work);
	flush_work(&work);
	answer("disable=%d cancel=%d enable_and_queue=%d runs=%d", first, second, third, atomic_read(&runs));
}

CASE(disable_queued, "disable_work disable_work_sync enable_work disable_delayed_work disable_delayed_work_sync enable_delayed_work"
		     " queue_delayed_work mod_delayed_work delayed_work_pending enable_and_queue_work")
{
	struct workqueue_struct *wq = alloc_ordered_workqueue("ask_disable", 0);
	static struct work_struct blocker;
	int first, second, third, queued;

	atomic_set(&runs, 0);
	init_completion(&began);
	init_completion(&go_on);
	INIT_WORK(&blocker, counts);
	INIT_WORK(&work, counts);
	INIT_DELAYED_WORK(&delayed, counts);
	stays = true;
	queue_work(wq, &blocker);
	wait_for_completion(&began);
	stays = false;
	queue_work(wq, &work);
	first = disable_work(&work);
	answer("queued disable=%d pending=%d", first, work_pending(&work));
	first = disable_work(&blocker);
	second = disable_work(&blocker);
	queued = queue_work(wq, &blocker);
	answer("running disable=%d again=%d queue=%d busy=%u", first, second, queued, work_busy(&blocker));
	complete(&go_on);
	first = disable_work_sync(&blocker);
	answer("sync=%d busy=%u", first, work_busy(&blocker));
	queue_delayed_work(wq, &delayed, 3600 * HZ);
	first = disable_delayed_work(&delayed);
	second = queue_delayed_work(wq, &delayed, 0);
	third = mod_delayed_work(wq, &delayed, 0);
	answer("delayed disable=%d queue=%d mod=%d pending=%d", first, second, third, delayed_work_pending(&delayed));
	first = disable_delayed_work_sync(&delayed);
	second = enable_delayed_work(&delayed);
	third = enable_delayed_work(&delayed);
	answer("disable=%d enable=%d enable=%d", first, second, third);
	queued = queue_delayed_work(wq, &delayed, 0);
	flush_delayed_work(&delayed);
	answer("queue=%d runs=%d", queued, atomic_read(&runs));
	destroy_workqueue(wq);
}

static int seen_task, seen_softirq, seen_serving, seen_disabled;

static void looks(struct work_struct *work)
{
	seen_task = in_task();
	seen_softirq = !!in_softirq();
	seen_serving = !!in_serving_softirq();
	seen_disabled = irqs_disabled();
	atomic_inc(&runs);
}

/* Its works run in softirqs. */
WARNS(bh, "WQ_BH alloc_workqueue queue_work flush_work in_softirq in_serving_softirq in_task irqs_disabled")
{
	struct workqueue_struct *wq = alloc_workqueue("ask_bh", WQ_BH, 0);
	int queued, flushed;

	answer("queue=%d with_max_active=%d freezable=%d", !!wq, !!alloc_workqueue("ask_bh", WQ_BH, 5),
	       !!alloc_workqueue("ask_bh", WQ_BH | WQ_FREEZABLE, 0));
	if (!wq)
		return;
	atomic_set(&runs, 0);
	INIT_WORK(&work, looks);
	queued = queue_work(wq, &work);
	flush_work(&work);
	answer("queue=%d runs=%d", queued, atomic_read(&runs));
	answer("task=%d softirq=%d serving=%d irqs_disabled=%d", seen_task, seen_softirq, seen_serving, seen_disabled);
	flushed = flush_work(&work);
	queued = cancel_work_sync(&work);
	answer("flush=%d cancel=%d", flushed, queued);
	destroy_workqueue(wq);
}
#else
CASE(disable, "work_pending")
{
}

CASE(disable_queued, "delayed_work_pending")
{
}

CASE(bh, "in_softirq")
{
}
#endif

ASK_MODULE(&case_disable, &case_disable_queued, &case_bh);

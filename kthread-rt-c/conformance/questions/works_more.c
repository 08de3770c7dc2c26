// SPDX-License-Identifier: MIT OR Apache-2.0
/* Works: on which thread they are done that nobody rescues, and the queues of bottom halves. */
#include "ask.h"
#include <linux/preempt.h>
#include <linux/workqueue.h>

static struct completion ran;
static struct work_struct *seen_work;
static int seen_worker, seen_task, seen_softirq;

static void looks(struct work_struct *work)
{
	seen_work = current_work();
	seen_worker = !!(current->flags & PF_WQ_WORKER);
	seen_task = in_task();
	seen_softirq = !!in_serving_softirq();
	complete(&ran);
}

CASE(queues, "workqueue_struct work_struct delayed_work alloc_workqueue queue_work current_work destroy_workqueue WQ_MEM_RECLAIM"
	     " INIT_DELAYED_WORK queue_delayed_work")
{
	struct workqueue_struct *wq = alloc_workqueue("ask_%s", WQ_MEM_RECLAIM, 1, "works");
	static struct work_struct work;
	static struct delayed_work delayed;

	init_completion(&ran);
	INIT_WORK(&work, looks);
	INIT_DELAYED_WORK(&delayed, looks);
	queue_work(wq, &work);
	wait_for_completion(&ran);
	flush_work(&work);
	answer("work current=%d worker=%d task=%d softirq=%d", seen_work == &work, seen_worker, seen_task, seen_softirq);
	queue_delayed_work(wq, &delayed, 1);
	wait_for_completion(&ran);
	flush_delayed_work(&delayed);
	answer("delayed current=%d worker=%d task=%d", seen_work == &delayed.work, seen_worker, seen_task);
	answer("here current=%d", current_work() != NULL);
	destroy_workqueue(wq);
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
static int turns, turn[3];
static struct work_struct several[3], first;

static void takes_turn(struct work_struct *work)
{
	turn[work - several] = ++turns;
}

static void queues_several(struct work_struct *work)
{
	int i;

	for (i = 0; i < 3; i++)
		queue_work(system_bh_wq, &several[i]);
}

CASE(bottom_halves, "system_bh_wq system_bh_highpri_wq queue_work flush_work work_busy")
{
	struct workqueue_struct *wq = alloc_workqueue("ask_bh_high", WQ_BH | WQ_HIGHPRI, 0);
	static struct work_struct work;
	int i;

	init_completion(&ran);
	INIT_WORK(&work, looks);
	queue_work(system_bh_wq, &work);
	flush_work(&work);
	answer("system task=%d softirq=%d", seen_task, seen_softirq);
	queue_work(system_bh_highpri_wq, &work);
	flush_work(&work);
	answer("highpri task=%d softirq=%d", seen_task, seen_softirq);
	queue_work(wq, &work);
	flush_work(&work);
	answer("own=%d task=%d softirq=%d busy=%u", !!wq, seen_task, seen_softirq, work_busy(&work));
	turns = 0;
	INIT_WORK(&first, queues_several);
	for (i = 0; i < 3; i++)
		INIT_WORK(&several[i], takes_turn);
	queue_work(system_bh_wq, &first);
	flush_work(&first);
	for (i = 0; i < 3; i++)
		flush_work(&several[i]);
	answer("turns=%d,%d,%d", turn[0], turn[1], turn[2]);
	destroy_workqueue(wq);
}
#else
CASE(bottom_halves, "in_task")
{
}
#endif

ASK_MODULE(&case_queues, &case_bottom_halves);

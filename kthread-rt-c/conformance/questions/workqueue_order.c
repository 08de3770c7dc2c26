// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Workqueues: how many works run at a time, in which order, on whose thread, and what flushing,
 * draining and destroying waits for.
 */
#include "ask.h"
#include <linux/cpumask.h>
#include <linux/workqueue.h>

/* Works that say when they begin, and stay until they are told to go on. */
struct item {
	struct work_struct work;
	struct completion began;
	struct completion go_on;
	int turn;
};

static atomic_t turns, running, most;

static void begins(struct item *item)
{
	int now = atomic_inc_return(&running), before = atomic_read(&most);

	item->turn = atomic_inc_return(&turns);
	while (now > before && !atomic_try_cmpxchg(&most, &before, now))
		;
	complete(&item->began);
}

static void stays(struct work_struct *work)
{
	struct item *item = container_of(work, struct item, work);

	begins(item);
	wait_for_completion(&item->go_on);
	atomic_dec(&running);
}

static void passes(struct work_struct *work)
{
	begins(container_of(work, struct item, work));
	atomic_dec(&running);
}

static struct item items[8];

static void set_up(int count, work_func_t func)
{
	int i;

	atomic_set(&turns, 0);
	atomic_set(&running, 0);
	atomic_set(&most, 0);
	for (i = 0; i < count; i++) {
		INIT_WORK(&items[i].work, func);
		init_completion(&items[i].began);
		init_completion(&items[i].go_on);
		items[i].turn = 0;
	}
}

/* Of six works that stay, how many run at once; then the others. */
static void how_many(const char *what, struct workqueue_struct *wq, int expected)
{
	int i, at_once;

	if (!wq) {
		answer("%s no_queue", what);
		return;
	}
	set_up(6, stays);
	for (i = 0; i < 6; i++)
		queue_work_on(0, wq, &items[i].work);
	until(atomic_read(&running) == expected);
	/* Time for one too many. */
	schedule_timeout_uninterruptible(2);
	at_once = atomic_read(&running);
	for (i = 0; i < 6; i++)
		complete(&items[i].go_on);
	flush_workqueue(wq);
	/* Of those that may run side by side the order is anybody's. */
	answer("%s at_once=%d most=%d in_order=%d", what, at_once, atomic_read(&most), expected > 1 ||
	       (items[0].turn < items[1].turn && items[1].turn < items[2].turn && items[2].turn < items[3].turn));
	destroy_workqueue(wq);
}

CASE(max_active, "alloc_workqueue alloc_ordered_workqueue create_workqueue create_singlethread_workqueue queue_work_on"
		 " flush_workqueue destroy_workqueue WQ_UNBOUND WQ_MEM_RECLAIM WQ_CPU_INTENSIVE WQ_HIGHPRI")
{
	how_many("one", alloc_workqueue("ask_one", 0, 1), 1);
	how_many("two", alloc_workqueue("ask_two", 0, 2), 2);
	how_many("five", alloc_workqueue("ask_five", 0, 5), 5);
	how_many("default", alloc_workqueue("ask_default", 0, 0), 6);
	how_many("reclaim", alloc_workqueue("ask_reclaim", WQ_MEM_RECLAIM, 2), 2);
	how_many("intensive", alloc_workqueue("ask_intensive", WQ_CPU_INTENSIVE, 3), 3);
	how_many("highpri", alloc_workqueue("ask_highpri", WQ_HIGHPRI, 3), 3);
	how_many("unbound_two", alloc_workqueue("ask_unbound", WQ_UNBOUND, 2), 2);
	how_many("ordered", alloc_ordered_workqueue("ask_ordered", 0), 1);
	how_many("create", create_workqueue("ask_create"), 1);
	how_many("singlethread", create_singlethread_workqueue("ask_single"), 1);
}

CASE(set_max_active, "workqueue_set_max_active workqueue_congested alloc_workqueue")
{
	struct workqueue_struct *wq = alloc_workqueue("ask_max", 0, 1);
	int i;

	set_up(4, stays);
	answer("idle congested=%d", workqueue_congested(0, wq));
	for (i = 0; i < 4; i++)
		queue_work_on(0, wq, &items[i].work);
	wait_for_completion(&items[0].began);
	answer("one running=%d congested=%d", atomic_read(&running), workqueue_congested(0, wq));
	workqueue_set_max_active(wq, 3);
	wait_for_completion(&items[1].began);
	wait_for_completion(&items[2].began);
	answer("three running=%d", atomic_read(&running));
	for (i = 0; i < 4; i++)
		complete(&items[i].go_on);
	flush_workqueue(wq);
	answer("most=%d congested=%d", atomic_read(&most), workqueue_congested(0, wq));
	destroy_workqueue(wq);
}

/* First come, first served; a work that was cancelled and queued again goes to the end. */
CASE(ordered, "alloc_ordered_workqueue queue_work cancel_work flush_workqueue")
{
	struct workqueue_struct *wq = alloc_ordered_workqueue("ask_order", 0);
	int i;

	set_up(6, passes);
	INIT_WORK(&items[0].work, stays);
	for (i = 0; i < 6; i++)
		queue_work(wq, &items[i].work);
	wait_for_completion(&items[0].began);
	queue_work(wq, &items[1].work);
	cancel_work(&items[2].work);
	queue_work(wq, &items[2].work);
	complete(&items[0].go_on);
	flush_workqueue(wq);
	answer("turns=%d,%d,%d,%d,%d,%d most=%d", items[0].turn, items[1].turn, items[2].turn, items[3].turn, items[4].turn,
	       items[5].turn, atomic_read(&most));
	destroy_workqueue(wq);
}

struct flusher {
	void (*wait)(struct workqueue_struct *wq);
	struct workqueue_struct *wq;
	struct completion begun;
	struct completion ended;
	int turns_then;
};

static int flushes(void *data)
{
	struct flusher *flusher = data;

	complete(&flusher->begun);
	flusher->wait(flusher->wq);
	flusher->turns_then = atomic_read(&turns);
	complete(&flusher->ended);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

static void flush_it(struct workqueue_struct *wq)
{
	flush_workqueue(wq);
}

static void drain_it(struct workqueue_struct *wq)
{
	drain_workqueue(wq);
}

static void destroy_it(struct workqueue_struct *wq)
{
	destroy_workqueue(wq);
}

static struct task_struct *begin(struct flusher *flusher, struct workqueue_struct *wq, void (*wait)(struct workqueue_struct *wq))
{
	struct task_struct *task;

	flusher->wait = wait;
	flusher->wq = wq;
	init_completion(&flusher->begun);
	init_completion(&flusher->ended);
	task = ask_thread(flushes, flusher);
	wait_for_completion(&flusher->begun);
	until_state(task, TASK_UNINTERRUPTIBLE);
	return task;
}

/* A flush waits for what was queued before it, and not for what comes after. */
CASE(flush_colours, "flush_workqueue queue_work")
{
	struct workqueue_struct *wq = alloc_ordered_workqueue("ask_colours", 0);
	struct flusher one, two;
	struct task_struct *first, *second;

	set_up(3, stays);
	queue_work(wq, &items[0].work);
	wait_for_completion(&items[0].began);
	first = begin(&one, wq, flush_it);
	queue_work(wq, &items[1].work);
	second = begin(&two, wq, flush_it);
	queue_work(wq, &items[2].work);
	answer("none ended=%d,%d", completion_done(&one.ended), completion_done(&two.ended));
	complete(&items[0].go_on);
	wait_for_completion(&one.ended);
	wait_for_completion(&items[1].began);
	answer("first ended=1,%d", completion_done(&two.ended));
	complete(&items[1].go_on);
	wait_for_completion(&two.ended);
	wait_for_completion(&items[2].began);
	answer("second running=%d", atomic_read(&running));
	complete(&items[2].go_on);
	flush_workqueue(wq);
	answer("all turns=%d", atomic_read(&turns));
	kthread_stop(first);
	kthread_stop(second);
	destroy_workqueue(wq);
}

static struct workqueue_struct *drained;
static int chained_result;

static void chains(struct work_struct *work)
{
	struct item *item = container_of(work, struct item, work);

	begins(item);
	wait_for_completion(&item->go_on);
	chained_result = queue_work(drained, &items[1].work);
	atomic_dec(&running);
}

/* While a queue is drained, its own works may queue, and others may not. */
WARNS(drain, "drain_workqueue queue_work")
{
	struct flusher flusher;
	struct task_struct *task;
	int refused;

	drained = alloc_workqueue("ask_drain", 0, 0);
	drain_workqueue(drained);
	set_up(3, passes);
	INIT_WORK(&items[0].work, chains);
	queue_work(drained, &items[0].work);
	wait_for_completion(&items[0].began);
	task = begin(&flusher, drained, drain_it);
	/* The kernel warns, and does not queue it; that it says true is its own affair. */
	refused = queue_work(drained, &items[2].work);
	answer("drained=%d queue=%d pending=%d", completion_done(&flusher.ended), refused, work_pending(&items[2].work));
	complete(&items[0].go_on);
	wait_for_completion(&flusher.ended);
	answer("chained=%d turns=%d,%d,%d", chained_result, items[0].turn, items[1].turn, items[2].turn);
	kthread_stop(task);
	INIT_WORK(&items[2].work, passes);
	refused = queue_work(drained, &items[2].work);
	flush_workqueue(drained);
	answer("after queue=%d turn=%d", refused, items[2].turn);
	destroy_workqueue(drained);
}

/* Destroying runs what is queued. */
CASE(destroy, "destroy_workqueue queue_work")
{
	struct workqueue_struct *wq = alloc_ordered_workqueue("ask_destroy", 0);
	struct flusher flusher;
	struct task_struct *task;

	set_up(3, passes);
	INIT_WORK(&items[0].work, stays);
	queue_work(wq, &items[0].work);
	queue_work(wq, &items[1].work);
	queue_work(wq, &items[2].work);
	wait_for_completion(&items[0].began);
	task = begin(&flusher, wq, destroy_it);
	answer("ended=%d turns=%d", completion_done(&flusher.ended), atomic_read(&turns));
	complete(&items[0].go_on);
	wait_for_completion(&flusher.ended);
	answer("turns=%d,%d,%d", items[0].turn, items[1].turn, items[2].turn);
	kthread_stop(task);
}

/*
 * Works of one cpu's queue that sleep let the others run; works that do not sleep are one after the
 * other.
 */
CASE(order_of_one_cpu, "queue_work_on alloc_workqueue flush_workqueue")
{
	struct workqueue_struct *wq = alloc_workqueue("ask_cpu", 0, 0);
	int i;

	set_up(6, passes);
	INIT_WORK(&items[0].work, stays);
	/* All are queued before one runs: the first of them keeps the cpu. */
	set_cpus_allowed_ptr(current, cpumask_of(0));
	preempt_disable();
	for (i = 1; i < 6; i++)
		queue_work_on(0, wq, &items[i].work);
	preempt_enable();
	for (i = 1; i < 6; i++)
		wait_for_completion(&items[i].began);
	set_cpus_allowed_ptr(current, cpu_possible_mask);
	answer("turns=%d,%d,%d,%d,%d most=%d", items[1].turn, items[2].turn, items[3].turn, items[4].turn, items[5].turn,
	       atomic_read(&most));
	destroy_workqueue(wq);
}

ASK_MODULE(&case_max_active, &case_set_max_active, &case_ordered, &case_flush_colours, &case_drain, &case_destroy,
	   &case_order_of_one_cpu);

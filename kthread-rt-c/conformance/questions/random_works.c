// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Random calls to an ordered queue and to a worker whose only thread is held by a gate: what each
 * returns, and in which order the works run.
 */
#include "random.h"
#include <linux/workqueue.h>

enum { WORKS = 5 };

struct numbered {
	struct work_struct work;
	struct kthread_work threaded;
	int number;
};

static struct numbered works[WORKS];
static struct completion gate_begun, gate;
static char said[500], ran[100];

#define say(format, ...) snprintf(said + strlen(said), sizeof(said) - strlen(said), " " format, ##__VA_ARGS__)

static void runs(struct work_struct *work)
{
	struct numbered *one = container_of(work, struct numbered, work);

	snprintf(ran + strlen(ran), sizeof(ran) - strlen(ran), " %d", one->number);
}

static void runs_threaded(struct kthread_work *work)
{
	struct numbered *one = container_of(work, struct numbered, threaded);

	snprintf(ran + strlen(ran), sizeof(ran) - strlen(ran), " %d", one->number);
}

static void waits_at_gate(struct work_struct *work)
{
	complete(&gate_begun);
	wait_for_completion(&gate);
}

static void waits_threaded(struct kthread_work *work)
{
	complete(&gate_begun);
	wait_for_completion(&gate);
}

static void begin(unsigned int round)
{
	int i;

	random_begin(round);
	init_completion(&gate_begun);
	init_completion(&gate);
	said[0] = ran[0] = '\0';
	for (i = 0; i < WORKS; i++) {
		works[i].number = i;
		INIT_WORK(&works[i].work, runs);
		kthread_init_work(&works[i].threaded, runs_threaded);
	}
}

CASE(ordered, "alloc_ordered_workqueue queue_work cancel_work cancel_work_sync work_pending work_busy drain_workqueue flush_work")
{
	struct work_struct blocker;
	unsigned int round;
	int step, i;

	for (round = 0; round < 25; round++) {
		struct workqueue_struct *queue = alloc_ordered_workqueue("ask", 0);

		if (!queue) {
			answer("no_queue");
			return;
		}
		begin(round);
		INIT_WORK_ONSTACK(&blocker, waits_at_gate);
		queue_work(queue, &blocker);
		wait_for_completion(&gate_begun);
		for (step = 0; step < 14; step++) {
			struct work_struct *work = &works[random_below(WORKS)].work;

			switch (random_below(5)) {
			case 0:
			case 1:
			case 2:
				say("queue=%d", queue_work(queue, work));
				break;
			case 3:
				say("cancel=%d", cancel_work(work));
				break;
			case 4:
				say("sync=%d", cancel_work_sync(work));
				break;
			}
			for (i = 0; i < WORKS; i++)
				if (work_pending(&works[i].work))
					say("%d:%u", i, work_busy(&works[i].work));
			say(";");
		}
		complete(&gate);
		drain_workqueue(queue);
		answer("%u%s ran=%s flush=%d", round, said, ran, flush_work(&works[0].work));
		destroy_workqueue(queue);
		destroy_work_on_stack(&blocker);
	}
}

CASE(worker, "kthread_create_worker kthread_queue_work kthread_cancel_work_sync kthread_flush_worker kthread_destroy_worker"
	     " kthread_init_work")
{
	struct kthread_work blocker;
	unsigned int round;
	int step;

	for (round = 0; round < 20; round++) {
		struct kthread_worker *worker = kthread_create_worker(0, "ask");

		if (IS_ERR(worker)) {
			answer("no_worker");
			return;
		}
		begin(round);
		kthread_init_work(&blocker, waits_threaded);
		kthread_queue_work(worker, &blocker);
		wait_for_completion(&gate_begun);
		for (step = 0; step < 14; step++) {
			struct kthread_work *work = &works[random_below(WORKS)].threaded;

			if (random_below(4))
				say("queue=%d", kthread_queue_work(worker, work));
			else
				say("cancel=%d", kthread_cancel_work_sync(work));
			say("/%d", !list_empty(&work->node));
		}
		complete(&gate);
		kthread_flush_worker(worker);
		answer("%u%s ran=%s", round, said, ran);
		kthread_destroy_worker(worker);
	}
}

ASK_MODULE(&case_ordered, &case_worker);

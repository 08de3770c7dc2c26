// SPDX-License-Identifier: MIT OR Apache-2.0
/* Works and their queues. */
#include <linux/completion.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/workqueue.h>

static int runs;
static bool on_worker, in_itself;

static void count(struct work_struct *work)
{
	runs++;
	on_worker = current->flags & PF_WQ_WORKER;
	in_itself = current_work() == work;
}

static DECLARE_WORK(declared, count);
static struct work_struct other;

/* A work that stays in its function until it is let go. */
static DECLARE_COMPLETION(entered);
static DECLARE_COMPLETION(let_go);

static void hold(struct work_struct *work)
{
	complete(&entered);
	wait_for_completion(&let_go);
}

struct whole {
	int before;
	struct delayed_work later;
};

static struct whole *found;

static void find(struct work_struct *work)
{
	found = container_of(to_delayed_work(work), struct whole, later);
}

struct step {
	struct work_struct work;
	int number;
};

static char order[16];
static int taken;

static void take(struct work_struct *work)
{
	struct step *step = container_of(work, struct step, work);

	order[taken++] = ' ';
	order[taken++] = '0' + step->number;
}

static long answer(void *arg)
{
	return *(long *)arg + 2;
}

static atomic_t each = ATOMIC_INIT(0);

static void on_each(struct work_struct *work)
{
	__atomic_fetch_add(&each.counter, 1, __ATOMIC_RELAXED);
}

static void queue_and_flush(struct workqueue_struct *wq)
{
	int first, second;

	pr_info("a declared work: pending %d, list empty %d, busy %u\n", work_pending(&declared),
		list_empty(&declared.entry), work_busy(&declared));

	/* The one worker of an ordered queue is held, so that a work behind it stays pending. */
	INIT_WORK(&other, hold);
	queue_work(wq, &other);
	wait_for_completion(&entered);
	first = queue_work(wq, &declared);
	second = queue_work(wq, &declared);
	pr_info("queue_work: %d, again while it is pending: %d, pending %d\n", first, second, work_pending(&declared));
	complete(&let_go);
	first = flush_work(&declared);
	second = flush_work(&declared);
	pr_info("flush_work: %d, of an idle work: %d\n", first, second);
	pr_info("it ran %d time(s), on worker %d, in itself %d\n", runs, on_worker, in_itself);

	queue_work(wq, &other);
	wait_for_completion(&entered);
	queue_work(wq, &declared);
	first = cancel_work_sync(&declared);
	second = cancel_work_sync(&declared);
	pr_info("cancel_work_sync of a pending work: %d, of an idle one: %d\n", first, second);
	complete(&let_go);
	flush_work(&other);

	first = schedule_work(&declared);
	flush_work(&declared);
	second = schedule_work_on(0, &declared);
	flush_work(&declared);
	pr_info("schedule_work: %d, on cpu 0: %d, on any: %d\n", first, second,
		queue_work_on(WORK_CPU_UNBOUND, system_wq, &declared));
	flush_scheduled_work();

	schedule_work(&other);
	wait_for_completion(&entered);
	pr_info("a running work: busy %u, pending %d; ", work_busy(&other), work_pending(&other));
	schedule_work(&other);
	pr_cont("queued again: busy %u\n", work_busy(&other));
	complete(&let_go);
	wait_for_completion(&entered);
	complete(&let_go);
	flush_work(&other);
}

static void delay(struct workqueue_struct *wq)
{
	static struct whole whole;
	struct delayed_work *later = &whole.later;
	int first, second;

	INIT_DELAYED_WORK(later, find);
	queue_delayed_work(wq, later, 0);
	flush_delayed_work(later);
	pr_info("to_delayed_work finds the whole: %d\n", found == &whole);

	first = queue_delayed_work(wq, later, 1000 * HZ);
	second = queue_delayed_work(wq, later, 0);
	pr_info("queue_delayed_work: %d, again: %d, pending %d, its timer: %d\n", first, second,
		delayed_work_pending(later), timer_pending(&later->timer));
	first = mod_delayed_work(wq, later, 0);
	flush_workqueue(wq);
	second = mod_delayed_work(wq, later, 1000 * HZ);
	pr_info("mod_delayed_work of a pending one: %d, of an idle one: %d\n", first, second);
	pr_info("flush_delayed_work: %d\n", flush_delayed_work(later));
	schedule_delayed_work(later, 1000 * HZ);
	first = cancel_delayed_work_sync(later);
	second = cancel_delayed_work_sync(later);
	pr_info("cancel_delayed_work_sync of one that waits: %d, of an idle one: %d\n", first, second);
}

static int __init test_init(void)
{
	struct workqueue_struct *wq = alloc_ordered_workqueue("ordered/%d", 0, 7);
	struct execute_work now;
	struct step steps[4];
	long arg = 40;
	int i, first, second;

	if (!wq)
		return -ENOMEM;
	pr_info("sizeof: work %zu, delayed work %zu\n", sizeof(struct work_struct), sizeof(struct delayed_work));
	queue_and_flush(wq);
	delay(wq);

	first = disable_work_sync(&declared);
	second = queue_work(wq, &declared);
	pr_info("disable_work_sync: %d, queue_work of a disabled work: %d, enable_work: %d\n", first, second,
		enable_work(&declared));

	for (i = 0; i < 4; i++) {
		INIT_WORK_ONSTACK(&steps[i].work, take);
		steps[i].number = i;
		queue_work(wq, &steps[i].work);
	}
	drain_workqueue(wq);
	pr_info("an ordered queue:%s\n", order);

	pr_info("system_wq is one: %d, and not the unbound one: %d\n", system_wq == system_wq,
		system_wq != system_unbound_wq);
	pr_info("work_on_cpu: %ld\n", work_on_cpu(0, answer, &arg));
	first = schedule_on_each_cpu(on_each);
	pr_info("schedule_on_each_cpu: %d, ran on each: %d\n", first, each.counter > 0);
	pr_info("execute_in_process_context: %d\n", execute_in_process_context(count, &now));
	destroy_workqueue(wq);
	pr_info("drained and destroyed\n");
	return 0;
}
module_init(test_init);
MODULE_LICENSE("Dual MIT/GPL");

// SPDX-License-Identifier: MIT OR Apache-2.0
/* Threads, tasks, completions, wait queues and lists, with the layout and the answers of a kernel. */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/wait.h>

static DECLARE_COMPLETION(begun);
static DECLARE_COMPLETION(declared);
static DECLARE_WAIT_QUEUE_HEAD(queue);
static int condition;

static int returns(void *data)
{
	complete(&begun);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(HZ);
	return (int)(long)data;
}

static int exits(void *data)
{
	complete(&begun);
	kthread_exit((long)data);
}

static int exits_with_a_completion(void *data)
{
	kthread_complete_and_exit(data, 9);
}

static int parks(void *data)
{
	complete(&begun);
	while (!kthread_should_stop()) {
		if (kthread_should_park())
			kthread_parkme();
		else
			schedule_timeout_interruptible(HZ);
	}
	return 0;
}

static int waits_interruptibly(void *data)
{
	int ret;

	allow_signal(SIGKILL);
	complete(&begun);
	ret = wait_event_interruptible(queue, condition);
	return ret;
}

static int waits_exclusively(void *data)
{
	complete(&begun);
	wait_event_exclusive(queue, condition > 0 && condition--);
	complete(data);
	return 0;
}

static void threads(void)
{
	struct task_struct *task = kthread_create(returns, (void *)7L, "a-name-longer-than-%d-bytes", 15);

	pr_info("created: comm %s, state 0x%x, pid %d, tgid %d, parent %d %s, kthread %d, mm null %d\n", task->comm,
		task->__state, task->pid, task->tgid, task->real_parent->pid, task->parent->comm,
		!!(task->flags & PF_KTHREAD), !task->mm);
	pr_info("its prio %d, static_prio %d, policy %u, nice %d, leader %d\n", task->prio, task->static_prio, task->policy,
		task_nice(task), task->group_leader == task);
	pr_info("stop before its first wake-up: %d\n", kthread_stop(task));
	pr_info("stop once more: %d\n", kthread_stop(task));

	task = kthread_run(returns, (void *)7L, "returns");
	wait_for_completion(&begun);
	pr_info("stop of one that runs: %d\n", kthread_stop(task));

	task = kthread_run(exits, (void *)-5L, "exits");
	wait_for_completion(&begun);
	pr_info("stop of one that has left by kthread_exit(-5): %d\n", kthread_stop(task));

	reinit_completion(&declared);
	task = kthread_run(exits_with_a_completion, &declared, "completes");
	wait_for_completion(&declared);
	pr_info("stop of one that has left by kthread_complete_and_exit(9): %d\n", kthread_stop(task));

	task = kthread_run(parks, NULL, "parks");
	wait_for_completion(&begun);
	pr_info("park: %d\n", kthread_park(task));
	pr_info("state of a parked thread: 0x%x\n", task->__state);
	pr_info("wake_up_process of a parked thread: %d\n", wake_up_process(task));
	kthread_unpark(task);
	pr_info("stop of it: %d\n", kthread_stop(task));
	pr_info("an error pointer: IS_ERR %d, PTR_ERR %ld\n", IS_ERR(ERR_PTR(-ENOMEM)), PTR_ERR(ERR_PTR(-ENOMEM)));
}

static void completions(void)
{
	struct completion zeroed = { 0 };

	pr_info("completion: %zu bytes, zeroed: done %u, completion_done %d, try %d\n", sizeof(zeroed), zeroed.done,
		completion_done(&zeroed), try_wait_for_completion(&zeroed));
	init_completion(&zeroed);
	complete(&zeroed);
	complete(&zeroed);
	pr_info("completed twice: %u\n", zeroed.done);
	pr_info("a wait of 5 jiffies: %lu\n", wait_for_completion_timeout(&zeroed, 5));
	pr_info("left: %u\n", zeroed.done);
	complete_all(&zeroed);
	wait_for_completion(&zeroed);
	pr_info("complete_all, and a wait: %u\n", zeroed.done);
	reinit_completion(&zeroed);
	pr_info("reinit: %u; a wait that times out: %lu\n", zeroed.done, wait_for_completion_timeout(&zeroed, 1));
	pr_info("interruptibly: %ld\n", wait_for_completion_interruptible_timeout(&zeroed, 1));
}

static void wait_queues(void)
{
	DECLARE_COMPLETION_ONSTACK(got);
	DEFINE_WAIT(wait);
	struct task_struct *tasks[2];
	long left;

	pr_info("head %zu bytes, entry %zu; active: %d\n", sizeof(queue), sizeof(wait), waitqueue_active(&queue));
	pr_info("the condition is true: %ld of 5, %ld of 0\n", wait_event_timeout(queue, true, 5),
		wait_event_timeout(queue, true, 0));
	left = wait_event_timeout(queue, false, 2);
	pr_info("it never is: %ld of 2, %ld of 0\n", left, wait_event_timeout(queue, false, 0));

	prepare_to_wait(&queue, &wait, TASK_INTERRUPTIBLE);
	pr_info("prepared: active %d, state 0x%x, private is current: %d\n", waitqueue_active(&queue), current->__state,
		wait.private == current);
	wake_up(&queue);
	pr_info("woken: state 0x%x, entry empty: %d\n", current->__state, list_empty(&wait.entry));
	schedule();
	finish_wait(&queue, &wait);

	tasks[0] = kthread_run(waits_interruptibly, NULL, "signalled");
	wait_for_completion(&begun);
	pr_info("send_sig: %d; ", send_sig(SIGKILL, tasks[0], 1));
	pr_cont("the wait returned %d\n", kthread_stop(tasks[0]));

	for (int i = 0; i < 2; i++) {
		tasks[i] = kthread_run(waits_exclusively, &got, "exclusive/%d", i);
		wait_for_completion(&begun);
	}
	for (int i = 0; i < 2; i++) {
		condition = 1;
		wake_up(&queue);
		wait_for_completion(&got);
	}
	for (int i = 0; i < 2; i++)
		kthread_stop(tasks[i]);
	pr_info("two wake-ups let two exclusive waiters go; condition %d\n", condition);
}

struct item {
	int number;
	struct list_head node;
};

static void lists(void)
{
	struct list_head zeroed = { 0 };
	LIST_HEAD(list);
	struct item *item, *next;
	int sum = 0;

	for (int i = 1; i <= 4; i++) {
		item = kmalloc(sizeof(*item), GFP_KERNEL);
		item->number = i;
		if (i % 2)
			list_add_tail(&item->node, &list);
		else
			list_add(&item->node, &zeroed);
	}
	list_splice_tail_init(&zeroed, &list);
	pr_info("list:");
	list_for_each_entry(item, &list, node)
		pr_cont(" %d", item->number);
	pr_cont("; zeroed is empty: %d, count %zu\n", list_empty(&zeroed), list_count_nodes(&list));
	list_for_each_entry_safe(item, next, &list, node) {
		sum += item->number;
		list_del(&item->node);
		kfree(item);
	}
	pr_info("sum %d, empty %d; min %d, max %d, clamp %d; array %zu\n", sum, list_empty(&list), min(3, 2), max(3, 2),
		clamp(9, 1, 5), ARRAY_SIZE(((int[]){ 1, 2, 3 })));
	pr_info("HZ %d; 10 ms are %lu jiffies, 3 jiffies %u ms; before %d\n", HZ, msecs_to_jiffies(10), jiffies_to_msecs(3),
		time_before(-1UL, 1UL));
}

static int __init threads_init(void)
{
	pr_info("current: pid %d, kthread %d\n", current->pid, !!(current->flags & PF_KTHREAD));
	threads();
	completions();
	wait_queues();
	lists();
	return 0;
}

module_init(threads_init);
MODULE_LICENSE("Dual MIT/GPL");

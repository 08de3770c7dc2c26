// SPDX-License-Identifier: MIT OR Apache-2.0
/* Simple wait queues: who is woken, in which order, and what each wait returns. */
#include "ask.h"
#include <linux/swait.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#define swake_up_locked(queue) swake_up_locked(queue, 0)
#endif

static DECLARE_SWAIT_QUEUE_HEAD(queue);
static bool flag;

static long plain(long timeout)
{
	swait_event_exclusive(queue, READ_ONCE(flag));
	return 1000;
}

static long idle(long timeout)
{
	swait_event_idle_exclusive(queue, READ_ONCE(flag));
	return 1000;
}

static long interruptible(long timeout)
{
	return swait_event_interruptible_exclusive(queue, READ_ONCE(flag));
}

static long timed(long timeout)
{
	return swait_event_timeout_exclusive(queue, READ_ONCE(flag), timeout);
}

static long idle_timed(long timeout)
{
	return swait_event_idle_timeout_exclusive(queue, READ_ONCE(flag), timeout);
}

static long interruptible_timed(long timeout)
{
	return swait_event_interruptible_timeout_exclusive(queue, READ_ONCE(flag), timeout);
}

static const struct variant {
	const char *name;
	long (*wait)(long timeout);
	unsigned int state;
	bool timed;
} variants[] = {
	{ "swait_event", plain, TASK_UNINTERRUPTIBLE },
	{ "swait_event_idle", idle, TASK_IDLE },
	{ "swait_event_interruptible", interruptible, TASK_INTERRUPTIBLE },
	{ "swait_event_timeout", timed, TASK_UNINTERRUPTIBLE, true },
	{ "swait_event_idle_timeout", idle_timed, TASK_IDLE, true },
	{ "swait_event_interruptible_timeout", interruptible_timed, TASK_INTERRUPTIBLE, true },
};

struct waiter {
	const struct variant *variant;
	struct completion begun, ended;
	long returned;
};

static int waits(void *data)
{
	struct waiter *waiter = data;

	allow_signal(SIGTERM);
	complete(&waiter->begun);
	waiter->returned = waiter->variant->wait(3600 * HZ);
	complete(&waiter->ended);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

static struct task_struct *begin(struct waiter *waiter, const struct variant *variant)
{
	struct task_struct *task;

	waiter->variant = variant;
	init_completion(&waiter->begun);
	init_completion(&waiter->ended);
	task = ask_thread(waits, waiter);
	if (!task)
		return NULL;
	wait_for_completion(&waiter->begun);
	until_state(task, variant->state);
	return task;
}

CASE(true_at_once, "swait_event_exclusive swait_event_idle_exclusive swait_event_interruptible_exclusive"
		   " swait_event_timeout_exclusive swait_event_idle_timeout_exclusive"
		   " swait_event_interruptible_timeout_exclusive swait_active")
{
	int i;

	flag = true;
	for (i = 0; i < ARRAY_SIZE(variants); i++) {
		long returned = variants[i].wait(7);

		answer("wait=%s returned=%ld active=%d", variants[i].name, returned, swait_active(&queue));
	}
}

CASE(woken, "swait_event_exclusive swait_event_idle_exclusive swait_event_interruptible_exclusive swait_event_timeout_exclusive"
	    " swait_event_idle_timeout_exclusive swait_event_interruptible_timeout_exclusive swake_up_one swq_has_sleeper")
{
	int i;

	for (i = 0; i < ARRAY_SIZE(variants); i++) {
		struct waiter waiter;
		struct task_struct *task;
		bool early, sleeper;

		WRITE_ONCE(flag, false);
		task = begin(&waiter, &variants[i]);
		if (!task)
			return;
		sleeper = swq_has_sleeper(&queue);
		swake_up_one(&queue);
		until_state(task, variants[i].state);
		early = completion_done(&waiter.ended);
		WRITE_ONCE(flag, true);
		swake_up_one(&queue);
		wait_for_completion(&waiter.ended);
		answer("wait=%s slept_in=0x%x sleeper=%d early=%d returned=%ld active=%d", variants[i].name, variants[i].state,
		       sleeper, early, waiter.returned > 1000 ? 1001 : waiter.returned, swait_active(&queue));
		kthread_stop(task);
	}
}

CASE(signalled, "swait_event_interruptible_exclusive swait_event_interruptible_timeout_exclusive swait_event_exclusive send_sig")
{
	int i;

	for (i = 0; i < ARRAY_SIZE(variants); i++) {
		struct waiter waiter;
		struct task_struct *task;
		bool ended;

		WRITE_ONCE(flag, false);
		task = begin(&waiter, &variants[i]);
		if (!task)
			return;
		send_sig(SIGTERM, task, 1);
		until_settled(&waiter.ended, task, variants[i].state);
		ended = completion_done(&waiter.ended);
		WRITE_ONCE(flag, true);
		swake_up_one(&queue);
		wait_for_completion(&waiter.ended);
		answer("wait=%s ended=%d returned=%ld active=%d", variants[i].name, ended,
		       waiter.returned > 1000 ? 1001 : waiter.returned, swait_active(&queue));
		kthread_stop(task);
	}
}

CASE(times, "swait_event_timeout_exclusive swait_event_idle_timeout_exclusive swait_event_interruptible_timeout_exclusive")
{
	int i;

	for (i = 0; i < ARRAY_SIZE(variants); i++) {
		long zero, some, zero_true;

		if (!variants[i].timed)
			continue;
		flag = false;
		zero = variants[i].wait(0);
		some = variants[i].wait(2);
		flag = true;
		zero_true = variants[i].wait(0);
		answer("wait=%s false 0=%ld 2=%ld true 0=%ld", variants[i].name, zero, some, zero_true);
	}
}

/*
 * Each takes one token: the order is that in which they came, also when one has left by a signal.
 */
static atomic_t tokens;

static long takes(long timeout)
{
	return swait_event_interruptible_exclusive(queue, atomic_dec_if_positive(&tokens) >= 0);
}

static const struct variant taker = { "taker", takes, TASK_INTERRUPTIBLE };

CASE(order, "swake_up_one swake_up_all swait_event_interruptible_exclusive send_sig")
{
	int how, i;

	/* 0: one after another, 1: all at once, 2: the first leaves, 3: the second leaves. */
	for (how = 0; how < 4; how++) {
		struct waiter waiters[3];
		struct task_struct *tasks[3];
		int next = -1, leaves = how - 2;

		atomic_set(&tokens, 0);
		for (i = 0; i < 3; i++) {
			tasks[i] = begin(&waiters[i], &taker);
			if (!tasks[i])
				return;
		}
		if (leaves >= 0) {
			send_sig(SIGTERM, tasks[leaves], 1);
			wait_for_completion(&waiters[leaves].ended);
			/* Nobody else is awake. */
			for (i = 0; i < 3; i++)
				if (i != leaves)
					until_asleep(tasks[i], TASK_INTERRUPTIBLE);
		}
		atomic_set(&tokens, how == 1 ? 3 : 1);
		if (how == 1)
			swake_up_all(&queue);
		else
			swake_up_one(&queue);
		until(atomic_read(&tokens) == 0);
		for (i = 0; i < 3; i++)
			if (i != leaves) {
				until_settled(&waiters[i].ended, tasks[i], TASK_INTERRUPTIBLE);
				if (completion_done(&waiters[i].ended) && next < 0)
					next = i;
			}
		answer("how=%d next=%d active=%d", how, next, swait_active(&queue));
		atomic_set(&tokens, 3);
		swake_up_all(&queue);
		for (i = 0; i < 3; i++) {
			if (i != leaves)
				wait_for_completion(&waiters[i].ended);
			kthread_stop(tasks[i]);
		}
	}
}

static struct completion ended;

static int prepares(void *data)
{
	DECLARE_SWAITQUEUE(entry);
	long prepared[2];

	allow_signal(SIGTERM);
	answer("declared task=%d empty=%d active=%d", entry.task == current, list_empty(&entry.task_list), swait_active(&queue));
	prepare_to_swait_exclusive(&queue, &entry, TASK_UNINTERRUPTIBLE);
	answer("prepared state=0x%x active=%d", READ_ONCE(current->__state), swait_active(&queue));
	finish_swait(&queue, &entry);
	answer("finished state=0x%x active=%d empty=%d", READ_ONCE(current->__state), swait_active(&queue),
	       list_empty(&entry.task_list));
	prepared[0] = prepare_to_swait_event(&queue, &entry, TASK_INTERRUPTIBLE);
	answer("event state=0x%x active=%d", READ_ONCE(current->__state), swait_active(&queue));
	send_sig(SIGTERM, current, 1);
	prepared[1] = prepare_to_swait_event(&queue, &entry, TASK_INTERRUPTIBLE);
	answer("event=%ld signalled=%ld active=%d", prepared[0], prepared[1], swait_active(&queue));
	finish_swait(&queue, &entry);
	flush_signals(current);
	prepare_to_swait_exclusive(&queue, &entry, TASK_UNINTERRUPTIBLE);
	swake_up_one(&queue);
	answer("woken state=0x%x active=%d empty=%d", READ_ONCE(current->__state), swait_active(&queue),
	       list_empty(&entry.task_list));
	finish_swait(&queue, &entry);
	prepare_to_swait_exclusive(&queue, &entry, TASK_UNINTERRUPTIBLE);
	raw_spin_lock_irq(&queue.lock);
	swake_up_locked(&queue);
	raw_spin_unlock_irq(&queue.lock);
	answer("locked state=0x%x active=%d", READ_ONCE(current->__state), swait_active(&queue));
	finish_swait(&queue, &entry);
	complete(&ended);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

CASE(prepare, "prepare_to_swait_exclusive prepare_to_swait_event finish_swait DECLARE_SWAITQUEUE swake_up_one swake_up_locked"
	      " swait_active"
	      " init_swait_queue_head DECLARE_SWAIT_QUEUE_HEAD swait_queue_head")
{
	struct swait_queue_head other;
	struct task_struct *task;

	init_swait_queue_head(&other);
	answer("init active=%d sleeper=%d empty=%d", swait_active(&other), swq_has_sleeper(&other), list_empty(&other.task_list));
	init_completion(&ended);
	task = ask_thread(prepares, NULL);
	if (!task)
		return;
	wait_for_completion(&ended);
	kthread_stop(task);
}

ASK_MODULE(&case_true_at_once, &case_woken, &case_signalled, &case_times, &case_order, &case_prepare);

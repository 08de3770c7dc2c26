// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * The waits that give a spinlock back while they sleep: whether they hold it when they look, sleep
 * and return, and what they return.
 */
#include "ask.h"
#include <linux/spinlock.h>
#include <linux/wait.h>

/*
 * Waits until the task sleeps in this state, and is on no cpu any more: what it looked at before,
 * it has looked at.
 */
#if ASK_OF_OURS
#define until_asleep(task, state) until(wait_task_inactive(task, state))
#else
#define until_asleep(task, state) until(READ_ONCE((task)->__state) == (state) && !READ_ONCE((task)->on_rq))
#endif

static DECLARE_WAIT_QUEUE_HEAD(queue);
static DEFINE_SPINLOCK(lock);
static bool flag;
static int looks, looks_with_lock, cmds, cmds_with_lock;

static bool looked(void)
{
	looks++;
	looks_with_lock += spin_is_locked(&lock);
	return READ_ONCE(flag);
}

static void cmd(void)
{
	cmds++;
	cmds_with_lock += spin_is_locked(&lock);
}

static long lock_irq(long timeout)
{
	wait_event_lock_irq(queue, looked(), lock);
	return 1000;
}

static long lock_irq_cmd(long timeout)
{
	wait_event_lock_irq_cmd(queue, looked(), lock, cmd());
	return 1000;
}

static long interruptible(long timeout)
{
	return wait_event_interruptible_lock_irq(queue, looked(), lock);
}

static long lock_irq_timeout(long timeout)
{
	return wait_event_lock_irq_timeout(queue, looked(), lock, timeout);
}

static long interruptible_timeout(long timeout)
{
	return wait_event_interruptible_lock_irq_timeout(queue, looked(), lock, timeout);
}

static const struct variant {
	const char *name;
	long (*wait)(long timeout);
	bool timed, interruptible;
} variants[] = {
	{ "lock_irq", lock_irq },
	{ "lock_irq_cmd", lock_irq_cmd },
	{ "interruptible_lock_irq", interruptible, false, true },
	{ "lock_irq_timeout", lock_irq_timeout, true, false },
	{ "interruptible_lock_irq_timeout", interruptible_timeout, true, true },
};

static void clear(bool to)
{
	WRITE_ONCE(flag, to);
	looks = looks_with_lock = cmds = cmds_with_lock = 0;
}

CASE(true_at_once, "wait_event_lock_irq wait_event_lock_irq_cmd wait_event_interruptible_lock_irq wait_event_lock_irq_timeout"
		   " wait_event_interruptible_lock_irq_timeout spin_is_locked irqs_disabled")
{
	int i;

	for (i = 0; i < ARRAY_SIZE(variants); i++) {
		int locked, disabled;
		long returned;

		clear(true);
		spin_lock_irq(&lock);
		returned = variants[i].wait(7);
		locked = spin_is_locked(&lock);
		disabled = irqs_disabled();
		spin_unlock_irq(&lock);
		answer("wait=%s returned=%ld locked=%d irqs_disabled=%d looks=%d with_lock=%d cmds=%d", variants[i].name,
		       returned,
		       locked, disabled, looks, looks_with_lock, cmds);
	}
}

struct waiter {
	const struct variant *variant;
	struct completion begun, ended;
	long returned;
	int locked;
};

static int waits(void *data)
{
	struct waiter *waiter = data;

	allow_signal(SIGTERM);
	complete(&waiter->begun);
	spin_lock_irq(&lock);
	waiter->returned = waiter->variant->wait(MAX_SCHEDULE_TIMEOUT);
	waiter->locked = spin_is_locked(&lock);
	spin_unlock_irq(&lock);
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
	until_asleep(task, variant->interruptible ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE);
	return task;
}

CASE(woken, "wait_event_lock_irq wait_event_lock_irq_cmd wait_event_interruptible_lock_irq wait_event_lock_irq_timeout"
	    " wait_event_interruptible_lock_irq_timeout wake_up")
{
	int i;

	for (i = 0; i < ARRAY_SIZE(variants); i++) {
		struct waiter waiter;
		struct task_struct *task;

		clear(false);
		task = begin(&waiter, &variants[i]);
		if (!task)
			return;
		/* It is free while the waiter sleeps. */
		spin_lock_irq(&lock);
		WRITE_ONCE(flag, true);
		wake_up(&queue);
		spin_unlock_irq(&lock);
		wait_for_completion(&waiter.ended);
		answer("wait=%s returned=%ld locked=%d all_looks_with_lock=%d cmds=%d with_lock=%d", variants[i].name,
		       variants[i].timed && waiter.returned > 1000 ? 1001 : waiter.returned, waiter.locked,
		       looks == looks_with_lock, cmds, cmds_with_lock);
		kthread_stop(task);
	}
}

CASE(signalled, "wait_event_interruptible_lock_irq wait_event_interruptible_lock_irq_timeout wait_event_lock_irq"
		" wait_event_lock_irq_timeout send_sig")
{
	int i;

	for (i = 0; i < ARRAY_SIZE(variants); i++) {
		struct waiter waiter;
		struct task_struct *task;
		bool ended;

		clear(false);
		task = begin(&waiter, &variants[i]);
		if (!task)
			return;
		send_sig(SIGTERM, task, 1);
		until_settled(&waiter.ended, task, TASK_UNINTERRUPTIBLE);
		ended = completion_done(&waiter.ended);
		spin_lock_irq(&lock);
		WRITE_ONCE(flag, true);
		wake_up(&queue);
		spin_unlock_irq(&lock);
		wait_for_completion(&waiter.ended);
		answer("wait=%s ended=%d returned=%ld locked=%d", variants[i].name, ended,
		       variants[i].timed && waiter.returned > 1000 ? 1001 : waiter.returned, waiter.locked);
		kthread_stop(task);
	}
}

CASE(times, "wait_event_lock_irq_timeout wait_event_interruptible_lock_irq_timeout")
{
	int i;

	for (i = 0; i < ARRAY_SIZE(variants); i++) {
		long when_false[2], when_true;
		int locked;

		if (!variants[i].timed)
			continue;
		spin_lock_irq(&lock);
		clear(false);
		when_false[0] = variants[i].wait(0);
		when_false[1] = variants[i].wait(2);
		clear(true);
		when_true = variants[i].wait(0);
		locked = spin_is_locked(&lock);
		spin_unlock_irq(&lock);
		answer("wait=%s false 0=%ld 2=%ld true 0=%ld locked=%d", variants[i].name, when_false[0], when_false[1],
		       when_true, locked);
	}
}

ASK_MODULE(&case_true_at_once, &case_woken, &case_signalled, &case_times);

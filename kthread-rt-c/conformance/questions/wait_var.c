// SPDX-License-Identifier: MIT OR Apache-2.0
/* Waiting for a variable. */
#include "ask.h"
#include <linux/wait_bit.h>

static int variable, other;

static long plain(long timeout)
{
	wait_var_event(&variable, READ_ONCE(variable));
	return 1000;
}

static long killable(long timeout)
{
	return wait_var_event_killable(&variable, READ_ONCE(variable));
}

static long interruptible(long timeout)
{
	return wait_var_event_interruptible(&variable, READ_ONCE(variable));
}

static long timed(long timeout)
{
	return wait_var_event_timeout(&variable, READ_ONCE(variable), timeout);
}

static const struct variant {
	const char *name;
	long (*wait)(long timeout);
	unsigned int state;
} variants[] = {
	{ "wait_var_event", plain, TASK_UNINTERRUPTIBLE },
	{ "wait_var_event_killable", killable, TASK_KILLABLE },
	{ "wait_var_event_interruptible", interruptible, TASK_INTERRUPTIBLE },
	{ "wait_var_event_timeout", timed, TASK_UNINTERRUPTIBLE },
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
	allow_signal(SIGKILL);
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

CASE(true_at_once, "wait_var_event wait_var_event_killable wait_var_event_interruptible wait_var_event_timeout")
{
	int i;

	variable = 1;
	for (i = 0; i < ARRAY_SIZE(variants); i++) {
		long returned = variants[i].wait(7);

		answer("wait=%s returned=%ld state=0x%x", variants[i].name, returned, READ_ONCE(current->__state));
	}
}

CASE(woken, "wait_var_event wait_var_event_killable wait_var_event_interruptible wait_var_event_timeout wake_up_var")
{
	int i;

	for (i = 0; i < ARRAY_SIZE(variants); i++) {
		struct waiter waiter;
		struct task_struct *task;
		bool early;

		WRITE_ONCE(variable, 0);
		task = begin(&waiter, &variants[i]);
		if (!task)
			return;
		wake_up_var(&variable);
		wake_up_var(&other);
		until_state(task, variants[i].state);
		early = completion_done(&waiter.ended);
		WRITE_ONCE(variable, 1);
		wake_up_var(&variable);
		wait_for_completion(&waiter.ended);
		answer("wait=%s slept_in=0x%x early=%d returned=%ld", variants[i].name, variants[i].state, early,
		       waiter.returned > 1000 ? 1001 : waiter.returned);
		kthread_stop(task);
	}
}

CASE(signalled, "wait_var_event wait_var_event_killable wait_var_event_interruptible wait_var_event_timeout send_sig")
{
	static const int signals[] = { SIGTERM, SIGKILL };
	int i, n;

	for (i = 0; i < ARRAY_SIZE(variants); i++)
		for (n = 0; n < 2; n++) {
			struct waiter waiter;
			struct task_struct *task;
			bool ended;

			WRITE_ONCE(variable, 0);
			task = begin(&waiter, &variants[i]);
			if (!task)
				return;
			send_sig(signals[n], task, 1);
			until_settled(&waiter.ended, task, variants[i].state);
			ended = completion_done(&waiter.ended);
			WRITE_ONCE(variable, 1);
			wake_up_var(&variable);
			wait_for_completion(&waiter.ended);
			answer("wait=%s signal=%d ended=%d returned=%ld", variants[i].name, signals[n], ended,
			       waiter.returned > 1000 ? 1001 : waiter.returned);
			kthread_stop(task);
		}
}

CASE(times, "wait_var_event_timeout")
{
	long zero, some, zero_true;

	variable = 0;
	zero = wait_var_event_timeout(&variable, variable, 0);
	some = wait_var_event_timeout(&variable, variable, 2);
	variable = 1;
	zero_true = wait_var_event_timeout(&variable, variable, 0);
	answer("false 0=%ld 2=%ld true 0=%ld", zero, some, zero_true);
}

/* Two wait for one variable: a wake-up is for all. */
CASE(both, "wait_var_event wake_up_var")
{
	struct waiter waiters[2];
	struct task_struct *tasks[2];
	int i;

	WRITE_ONCE(variable, 0);
	for (i = 0; i < 2; i++) {
		tasks[i] = begin(&waiters[i], &variants[0]);
		if (!tasks[i])
			return;
	}
	WRITE_ONCE(variable, 1);
	wake_up_var(&variable);
	for (i = 0; i < 2; i++)
		wait_for_completion(&waiters[i].ended);
	answer("returned=%ld,%ld", waiters[0].returned, waiters[1].returned);
	for (i = 0; i < 2; i++)
		kthread_stop(tasks[i]);
}

ASK_MODULE(&case_true_at_once, &case_woken, &case_signalled, &case_times, &case_both);

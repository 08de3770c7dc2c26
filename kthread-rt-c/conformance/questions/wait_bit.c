// SPDX-License-Identifier: MIT OR Apache-2.0
/* Waiting for a bit to be clear, or to be one's own. */
#include "ask.h"
#include <linux/wait_bit.h>

static unsigned long word;

struct waiter {
	int (*wait)(unsigned int mode);
	unsigned int mode;
	struct completion begun, ended;
	int returned;
};

static int plain(unsigned int mode)
{
	return wait_on_bit(&word, 3, mode);
}

static int io(unsigned int mode)
{
	return wait_on_bit_io(&word, 3, mode);
}

static int timed(unsigned int mode)
{
	return wait_on_bit_timeout(&word, 3, mode, 3600 * HZ);
}

static int lock(unsigned int mode)
{
	return wait_on_bit_lock(&word, 3, mode);
}

static int lock_io(unsigned int mode)
{
	return wait_on_bit_lock_io(&word, 3, mode);
}

static const struct variant {
	const char *name;
	int (*wait)(unsigned int mode);
} variants[] = {
	{ "wait_on_bit", plain },
	{ "wait_on_bit_io", io },
	{ "wait_on_bit_timeout", timed },
	{ "wait_on_bit_lock", lock },
	{ "wait_on_bit_lock_io", lock_io },
};

static int waits(void *data)
{
	struct waiter *waiter = data;

	allow_signal(SIGTERM);
	allow_signal(SIGKILL);
	complete(&waiter->begun);
	waiter->returned = waiter->wait(waiter->mode);
	complete(&waiter->ended);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

static struct task_struct *begin(struct waiter *waiter, int (*wait)(unsigned int mode), unsigned int mode)
{
	struct task_struct *task;

	waiter->wait = wait;
	waiter->mode = mode;
	init_completion(&waiter->begun);
	init_completion(&waiter->ended);
	task = ask_thread(waits, waiter);
	if (!task)
		return NULL;
	wait_for_completion(&waiter->begun);
	until_asleep(task, mode);
	return task;
}

CASE(clear_at_once, "wait_on_bit wait_on_bit_io wait_on_bit_timeout wait_on_bit_lock wait_on_bit_lock_io")
{
	int i;

	for (i = 0; i < ARRAY_SIZE(variants); i++) {
		int returned;

		word = ~BIT(3);
		returned = variants[i].wait(TASK_INTERRUPTIBLE);
		answer("wait=%s returned=%d set=%d others=%d state=0x%x", variants[i].name, returned, test_bit(3, &word),
		       (word | BIT(3)) == ~0UL, READ_ONCE(current->__state));
	}
}

CASE(woken, "wait_on_bit wait_on_bit_io wait_on_bit_timeout wait_on_bit_lock wait_on_bit_lock_io wake_up_bit"
	    " clear_and_wake_up_bit TASK_UNINTERRUPTIBLE")
{
	int i;

	for (i = 0; i < ARRAY_SIZE(variants); i++) {
		struct waiter waiter;
		struct task_struct *task;
		bool early;

		word = BIT(3);
		task = begin(&waiter, variants[i].wait, TASK_UNINTERRUPTIBLE);
		if (!task)
			return;
		/* Neither a wake-up while the bit is set, nor that of another bit. */
		wake_up_bit(&word, 3);
		until_state(task, TASK_UNINTERRUPTIBLE);
		clear_and_wake_up_bit(5, &word);
		until_state(task, TASK_UNINTERRUPTIBLE);
		early = completion_done(&waiter.ended);
		clear_and_wake_up_bit(3, &word);
		wait_for_completion(&waiter.ended);
		answer("wait=%s early=%d returned=%d set=%d", variants[i].name, early, waiter.returned, test_bit(3, &word));
		kthread_stop(task);
	}
}

CASE(signalled, "wait_on_bit wait_on_bit_io wait_on_bit_timeout wait_on_bit_lock wait_on_bit_lock_io send_sig TASK_KILLABLE")
{
	static const unsigned int modes[] = { TASK_INTERRUPTIBLE, TASK_KILLABLE, TASK_UNINTERRUPTIBLE };
	static const int signals[] = { SIGTERM, SIGKILL };
	int i, m, n;

	for (i = 0; i < ARRAY_SIZE(variants); i++)
		for (m = 0; m < ARRAY_SIZE(modes); m++)
			for (n = 0; n < 2; n++) {
				struct waiter waiter;
				struct task_struct *task;
				bool ended;

				/* The first and the lock in all modes, the others in one. */
				if (m && i && i != 3)
					continue;
				word = BIT(3);
				task = begin(&waiter, variants[i].wait, modes[m]);
				if (!task)
					return;
				send_sig(signals[n], task, 1);
				until_settled(&waiter.ended, task, modes[m]);
				ended = completion_done(&waiter.ended);
				clear_and_wake_up_bit(3, &word);
				wait_for_completion(&waiter.ended);
				answer("wait=%s mode=0x%x signal=%d ended=%d returned=%d set=%d", variants[i].name, modes[m],
				       signals[n],
				       ended, waiter.returned, test_bit(3, &word));
				kthread_stop(task);
			}
}

/* The signal comes when the bit is clear already, and no wake-up was sent. */
CASE(clear_and_signal, "wait_on_bit wait_on_bit_lock wait_on_bit_timeout send_sig")
{
	static const int of[] = { 0, 2, 3 };
	int i;

	for (i = 0; i < ARRAY_SIZE(of); i++) {
		struct waiter waiter;
		struct task_struct *task;

		word = BIT(3);
		task = begin(&waiter, variants[of[i]].wait, TASK_INTERRUPTIBLE);
		if (!task)
			return;
		clear_bit(3, &word);
		send_sig(SIGTERM, task, 1);
		wait_for_completion(&waiter.ended);
		answer("wait=%s returned=%d set=%d", variants[of[i]].name, waiter.returned, test_bit(3, &word));
		kthread_stop(task);
	}
}

static struct completion ended;

static int with_signal(void *data)
{
	int i;

	allow_signal(SIGTERM);
	send_sig(SIGTERM, current, 1);
	for (i = 0; i < ARRAY_SIZE(variants); i++) {
		int when_clear, when_set;

		word = 0;
		when_clear = variants[i].wait(TASK_INTERRUPTIBLE);
		word = BIT(3);
		when_set = variants[i].wait(TASK_INTERRUPTIBLE);
		answer("wait=%s clear=%d set=%d", variants[i].name, when_clear, when_set);
	}
	complete(&ended);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

CASE(signal_before, "wait_on_bit wait_on_bit_io wait_on_bit_timeout wait_on_bit_lock wait_on_bit_lock_io")
{
	struct task_struct *task;

	init_completion(&ended);
	task = ask_thread(with_signal, NULL);
	if (!task)
		return;
	wait_for_completion(&ended);
	kthread_stop(task);
}

CASE(times, "wait_on_bit_timeout")
{
	int zero, some, zero_clear;

	word = BIT(3);
	zero = wait_on_bit_timeout(&word, 3, TASK_UNINTERRUPTIBLE, 0);
	some = wait_on_bit_timeout(&word, 3, TASK_INTERRUPTIBLE, 2);
	word = 0;
	zero_clear = wait_on_bit_timeout(&word, 3, TASK_UNINTERRUPTIBLE, 0);
	answer("set 0=%d 2=%d clear 0=%d state=0x%x", zero, some, zero_clear, READ_ONCE(current->__state));
}

/* Of three that want the bit, each wake-up makes it the next one's. */
CASE(lock_order, "wait_on_bit_lock clear_and_wake_up_bit")
{
	struct waiter waiters[3];
	struct task_struct *tasks[3];
	int i, n;

	word = BIT(3);
	for (i = 0; i < 3; i++) {
		tasks[i] = begin(&waiters[i], lock, TASK_UNINTERRUPTIBLE);
		if (!tasks[i])
			return;
	}
	for (n = 0; n < 3; n++) {
		int done[3];

		clear_and_wake_up_bit(3, &word);
		wait_for_completion(&waiters[n].ended);
		for (i = 0; i < 3; i++)
			done[i] = i <= n ? 1 : completion_done(&waiters[i].ended);
		answer("released=%d locked_by=%d,%d,%d set=%d", n + 1, done[0], done[1], done[2], test_bit(3, &word));
	}
	for (i = 0; i < 3; i++)
		kthread_stop(tasks[i]);
}

ASK_MODULE(&case_clear_at_once, &case_woken, &case_signalled, &case_clear_and_signal, &case_signal_before, &case_times,
	   &case_lock_order);

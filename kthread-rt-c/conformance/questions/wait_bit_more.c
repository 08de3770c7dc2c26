// SPDX-License-Identifier: MIT OR Apache-2.0
/* Waiting for a bit with an action of one's own, and the queues behind it. */
#include "ask.h"
#include <linux/wait_bit.h>

static unsigned long word;
static int acted, mode_seen, bit_seen, flags_right;

static int refuses(struct wait_bit_key *key, int mode)
{
	acted++;
	mode_seen = mode;
	bit_seen = key->bit_nr;
	flags_right = key->flags == &word;
	return acted == 3 ? -EBUSY : 0;
}

static int clears(struct wait_bit_key *key, int mode)
{
	acted++;
	clear_bit(key->bit_nr, key->flags);
	return 0;
}

CASE(action, "wait_on_bit_action wait_on_bit_lock_action out_of_line_wait_on_bit out_of_line_wait_on_bit_lock wait_bit_key EBUSY")
{
	int returned;

	word = 0;
	acted = 0;
	returned = wait_on_bit_action(&word, 6, refuses, TASK_INTERRUPTIBLE);
	answer("clear returned=%d acted=%d", returned, acted);
	word = BIT(6);
	returned = wait_on_bit_action(&word, 6, refuses, TASK_INTERRUPTIBLE);
	answer("refused returned=%d acted=%d mode=0x%x bit=%d flags=%d state=0x%x", returned, acted, mode_seen, bit_seen,
	       flags_right, READ_ONCE(current->__state));
	acted = 0;
	returned = wait_on_bit_action(&word, 6, clears, TASK_UNINTERRUPTIBLE);
	answer("cleared returned=%d acted=%d set=%d", returned, acted, test_bit(6, &word));
	word = BIT(6);
	acted = 0;
	returned = wait_on_bit_lock_action(&word, 6, clears, TASK_UNINTERRUPTIBLE);
	answer("lock returned=%d acted=%d set=%d", returned, acted, test_bit(6, &word));
	acted = 0;
	returned = wait_on_bit_lock_action(&word, 6, refuses, TASK_KILLABLE);
	answer("lock_refused returned=%d acted=%d set=%d mode=0x%x", returned, acted, test_bit(6, &word), mode_seen);
	acted = 0;
	returned = out_of_line_wait_on_bit(&word, 6, refuses, TASK_INTERRUPTIBLE);
	answer("out_of_line returned=%d acted=%d", returned, acted);
	acted = 0;
	returned = out_of_line_wait_on_bit_lock(&word, 6, clears, TASK_INTERRUPTIBLE);
	answer("out_of_line_lock returned=%d acted=%d set=%d", returned, acted, test_bit(6, &word));
}

struct waiter {
	struct completion ended;
	int returned;
};

static int waits(void *data)
{
	struct waiter *waiter = data;

	waiter->returned = out_of_line_wait_on_bit(&word, 6, bit_wait, TASK_UNINTERRUPTIBLE);
	complete(&waiter->ended);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

CASE(queue, "bit_waitqueue bit_wait wake_up_bit out_of_line_wait_on_bit_timeout bit_wait_timeout bit_wait_io_timeout"
	    " waitqueue_active")
{
	struct waiter waiter = {};
	struct task_struct *task;
	int timed;

	answer("same=%d idle=%d", bit_waitqueue(&word, 6) == bit_waitqueue(&word, 6), waitqueue_active(bit_waitqueue(&word, 6)));
	word = BIT(6);
	timed = out_of_line_wait_on_bit_timeout(&word, 6, bit_wait_timeout, TASK_UNINTERRUPTIBLE, 1);
	answer("timeout=%d io_timeout=%d", timed,
	       out_of_line_wait_on_bit_timeout(&word, 6, bit_wait_io_timeout, TASK_UNINTERRUPTIBLE, 1));
	init_completion(&waiter.ended);
	task = ask_thread(waits, &waiter);
	if (!task)
		return;
	until(waitqueue_active(bit_waitqueue(&word, 6)) && READ_ONCE(task->__state) == TASK_UNINTERRUPTIBLE);
	clear_bit(6, &word);
	wake_up_bit(&word, 6);
	wait_for_completion(&waiter.ended);
	answer("woken=%d active=%d", waiter.returned, waitqueue_active(bit_waitqueue(&word, 6)));
	kthread_stop(task);
}

ASK_MODULE(&case_action, &case_queue);

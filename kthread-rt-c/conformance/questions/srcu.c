// SPDX-License-Identifier: MIT OR Apache-2.0
/* RCU whose readers may sleep. */
#include "ask.h"
#include <linux/srcu.h>

DEFINE_STATIC_SRCU(defined);

static struct srcu_struct other;

struct reader {
	struct completion inside;
	struct completion go_on;
	bool left;
};

static struct reader reader;

/* Sleeps in its section. */
static int reads(void *data)
{
	int idx = srcu_read_lock(&defined);

	complete(&reader.inside);
	wait_for_completion(&reader.go_on);
	WRITE_ONCE(reader.left, true);
	srcu_read_unlock(&defined, idx);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

struct waiter {
	struct srcu_struct *srcu;
	bool expedited;
	struct completion begun;
	struct completion ended;
	bool seen_left;
};

static int waits(void *data)
{
	struct waiter *waiter = data;

	complete(&waiter->begun);
	if (waiter->expedited)
		synchronize_srcu_expedited(waiter->srcu);
	else
		synchronize_srcu(waiter->srcu);
	waiter->seen_left = READ_ONCE(reader.left);
	complete(&waiter->ended);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

CASE(waits, "DEFINE_STATIC_SRCU srcu_struct srcu_read_lock srcu_read_unlock synchronize_srcu synchronize_srcu_expedited init_srcu_struct"
	    " cleanup_srcu_struct")
{
	static struct waiter waiter;
	struct task_struct *first, *second;
	int expedited, early;

	answer("init=%d", init_srcu_struct(&other));
	for (expedited = 0; expedited < 2; expedited++) {
		init_completion(&reader.inside);
		init_completion(&reader.go_on);
		reader.left = false;
		first = ask_thread(reads, NULL);
		if (!first)
			return;
		wait_for_completion(&reader.inside);
		/* Another one's readers are nothing to this one. */
		synchronize_srcu(&other);
		answer("other reader_had_left=%d", reader.left);
		waiter.srcu = &defined;
		waiter.expedited = expedited;
		init_completion(&waiter.begun);
		init_completion(&waiter.ended);
		second = ask_thread(waits, &waiter);
		wait_for_completion(&waiter.begun);
		/* Time for one that does not wait. */
		schedule_timeout_uninterruptible(5);
		early = completion_done(&waiter.ended);
		complete(&reader.go_on);
		wait_for_completion(&waiter.ended);
		answer("expedited=%d early=%d reader_had_left=%d", expedited, early, waiter.seen_left);
		kthread_stop(first);
		kthread_stop(second);
	}
	cleanup_srcu_struct(&other);
}

CASE(index, "srcu_read_lock srcu_read_unlock srcu_read_lock_held srcu_dereference")
{
	static int value = 7;
	static int *pointer = &value;
	int first, second, read;

	first = srcu_read_lock(&defined);
	second = srcu_read_lock(&defined);
	read = *srcu_dereference(pointer, &defined);
	answer("same=%d not_negative=%d at_most_1=%d held=%d read=%d", first == second, first >= 0, first <= 1,
	       !!srcu_read_lock_held(&defined), read);
	srcu_read_unlock(&defined, second);
	srcu_read_unlock(&defined, first);
	synchronize_srcu(&defined);
	first = srcu_read_lock(&defined);
	srcu_read_unlock(&defined, first);
	answer("after at_most_1=%d", first >= 0 && first <= 1);
}

ASK_MODULE(&case_waits, &case_index);

// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Times below zero, wherever a sleep takes one. A sleep that does not end by itself in three
 * seconds is woken, and told.
 */
#include "ask.h"
#include <linux/ktime.h>
#include <linux/wait.h>
#include <linux/wait_bit.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static DECLARE_COMPLETION(nothing);
static bool flag;
static unsigned long word;
static struct completion ended;
static long returned;
static unsigned int state_after;

static long plain(void)
{
	set_current_state(TASK_UNINTERRUPTIBLE);
	return schedule_timeout(-1);
}

static long running(void)
{
	return schedule_timeout(-1);
}

static long lowest(void)
{
	set_current_state(TASK_INTERRUPTIBLE);
	return schedule_timeout(LONG_MIN);
}

static long interruptible(void)
{
	return schedule_timeout_interruptible(-5);
}

static long uninterruptible(void)
{
	return schedule_timeout_uninterruptible(-5);
}

static long killable(void)
{
	return schedule_timeout_killable(-5);
}

static long idle(void)
{
	return schedule_timeout_idle(-5);
}

static long io(void)
{
	set_current_state(TASK_UNINTERRUPTIBLE);
	return io_schedule_timeout(-5);
}

static long event(void)
{
	return wait_event_timeout(queue, READ_ONCE(flag), -1);
}

static long event_interruptible(void)
{
	return wait_event_interruptible_timeout(queue, READ_ONCE(flag), -7);
}

static long event_killable(void)
{
	return wait_event_killable_timeout(queue, READ_ONCE(flag), -7);
}

static long event_idle(void)
{
	return wait_event_idle_timeout(queue, READ_ONCE(flag), -7);
}

static long event_hr(void)
{
	return wait_event_hrtimeout(queue, READ_ONCE(flag), ns_to_ktime(-1));
}

static long event_interruptible_hr(void)
{
	return wait_event_interruptible_hrtimeout(queue, READ_ONCE(flag), ns_to_ktime(-1000000));
}

static long event_true(void)
{
	return wait_event_timeout(queue, true, -3);
}

static long event_interruptible_true(void)
{
	return wait_event_interruptible_timeout(queue, true, -3);
}

static long completion(void)
{
	return wait_for_completion_timeout(&nothing, -1);
}

static long completion_io(void)
{
	return wait_for_completion_io_timeout(&nothing, -2);
}

static long completion_interruptible(void)
{
	return wait_for_completion_interruptible_timeout(&nothing, -1);
}

static long completion_killable(void)
{
	return wait_for_completion_killable_timeout(&nothing, -1);
}

static long completion_done_(void)
{
	complete(&nothing);
	return wait_for_completion_timeout(&nothing, -1);
}

static long woken(void)
{
	DEFINE_WAIT_FUNC(entry, woken_wake_function);
	long left;

	add_wait_queue(&queue, &entry);
	left = wait_woken(&entry, TASK_UNINTERRUPTIBLE, -1);
	remove_wait_queue(&queue, &entry);
	return left;
}

static long bit(void)
{
	return wait_on_bit_timeout(&word, 0, TASK_UNINTERRUPTIBLE, -1);
}

static long var(void)
{
	return wait_var_event_timeout(&word, READ_ONCE(flag), -1);
}

static int sleeps(void *data)
{
	long (*sleep)(void) = data;

	returned = sleep();
	state_after = READ_ONCE(current->__state);
	complete(&ended);
	__set_current_state(TASK_RUNNING);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

struct sleep {
	const char *name;
	long (*sleep)(void);
};

static void asks(const struct sleep *sleeps_of, int count)
{
	int i;

	for (i = 0; i < count; i++) {
		struct task_struct *task;
		bool by_itself;

		flag = false;
		word = 1;
		reinit_completion(&nothing);
		init_completion(&ended);
		task = ask_thread(sleeps, sleeps_of[i].sleep);
		if (!task)
			return;
		by_itself = wait_for_completion_timeout(&ended, 3 * HZ);
		if (!by_itself) {
			WRITE_ONCE(flag, true);
			wake_up_all(&queue);
			wake_up_var(&word);
			clear_and_wake_up_bit(0, &word);
			complete_all(&nothing);
			wake_up_process(task);
			wait_for_completion(&ended);
			returned = 0;
		}
		answer("sleep=%s ended=%d returned=%ld state=0x%x", sleeps_of[i].name, by_itself, returned, state_after);
		kthread_stop(task);
	}
}

CASE(schedule_timeout, "schedule_timeout schedule_timeout_interruptible schedule_timeout_uninterruptible"
		       " schedule_timeout_killable"
		       " schedule_timeout_idle io_schedule_timeout")
{
	static const struct sleep of[] = {
		{ "schedule_timeout", plain },
		{ "schedule_timeout_running", running },
		{ "schedule_timeout_lowest", lowest },
		{ "interruptible", interruptible },
		{ "uninterruptible", uninterruptible },
		{ "killable", killable },
		{ "idle", idle },
		{ "io", io },
	};

	asks(of, ARRAY_SIZE(of));
}

CASE(wait_event, "wait_event_timeout wait_event_interruptible_timeout wait_event_killable_timeout wait_event_idle_timeout"
		 " wait_event_hrtimeout wait_event_interruptible_hrtimeout wait_woken")
{
	static const struct sleep of[] = {
		{ "timeout", event },
		{ "interruptible_timeout", event_interruptible },
		{ "killable_timeout", event_killable },
		{ "idle_timeout", event_idle },
		{ "hrtimeout", event_hr },
		{ "interruptible_hrtimeout", event_interruptible_hr },
		{ "true_timeout", event_true },
		{ "true_interruptible_timeout", event_interruptible_true },
		{ "wait_woken", woken },
	};

	asks(of, ARRAY_SIZE(of));
}

CASE(completion, "wait_for_completion_timeout wait_for_completion_io_timeout wait_for_completion_interruptible_timeout"
		 " wait_for_completion_killable_timeout")
{
	static const struct sleep of[] = {
		{ "timeout", completion },
		{ "io_timeout", completion_io },
		{ "interruptible_timeout", completion_interruptible },
		{ "killable_timeout", completion_killable },
		{ "done_timeout", completion_done_ },
	};

	asks(of, ARRAY_SIZE(of));
}

CASE(bit, "wait_on_bit_timeout wait_var_event_timeout")
{
	static const struct sleep of[] = {
		{ "wait_on_bit_timeout", bit },
		{ "wait_var_event_timeout", var },
	};

	asks(of, ARRAY_SIZE(of));
}

ASK_MODULE(&case_schedule_timeout, &case_wait_event, &case_completion, &case_bit);

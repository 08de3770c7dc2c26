// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * wait_event() and its family, each of them: true at the first look, woken, ended by a signal,
 * timed out, and what is left of its time. Those that drop a lock are in wait_event_lock.c.
 */
#include "ask.h"
#include <linux/ktime.h>
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
static bool flag;

/*
 * Each variant as a function: of the time it gets, and what it returns; 1000 if it returns nothing.
 */
#define VOID(name) \
	static long do_##name(long timeout) \
	{ \
		name(queue, READ_ONCE(flag)); \
		return 1000; \
	}
#define VALUE(name) \
	static long do_##name(long timeout) \
	{ \
		return name(queue, READ_ONCE(flag)); \
	}
#define TIMED(name) \
	static long do_##name(long timeout) \
	{ \
		return name(queue, READ_ONCE(flag), timeout); \
	}

VOID(wait_event)
VOID(io_wait_event)
VOID(wait_event_idle)
VOID(wait_event_idle_exclusive)
VALUE(wait_event_interruptible)
VALUE(wait_event_interruptible_exclusive)
VALUE(wait_event_killable)
VALUE(wait_event_killable_exclusive)
VALUE(wait_event_freezable)
VALUE(wait_event_freezable_exclusive)
TIMED(wait_event_timeout)
TIMED(wait_event_idle_timeout)
TIMED(wait_event_idle_exclusive_timeout)
TIMED(wait_event_interruptible_timeout)
TIMED(wait_event_killable_timeout)
TIMED(wait_event_freezable_timeout)

static long do_wait_event_state(long timeout)
{
	return wait_event_state(queue, READ_ONCE(flag), TASK_IDLE);
}

static long do_wait_event_hrtimeout(long timeout)
{
	return wait_event_hrtimeout(queue, READ_ONCE(flag), timeout == MAX_SCHEDULE_TIMEOUT ? KTIME_MAX : ms_to_ktime(timeout));
}

static long do_wait_event_interruptible_hrtimeout(long timeout)
{
	return wait_event_interruptible_hrtimeout(queue, READ_ONCE(flag),
						  timeout == MAX_SCHEDULE_TIMEOUT ? KTIME_MAX : ms_to_ktime(timeout));
}

static int befores, afters;

static long do_wait_event_cmd(long timeout)
{
	wait_event_cmd(queue, READ_ONCE(flag), befores++, afters++);
	return 1000;
}

static long do_wait_event_exclusive_cmd(long timeout)
{
	wait_event_exclusive_cmd(queue, READ_ONCE(flag), befores++, afters++);
	return 1000;
}

struct variant {
	const char *name;
	long (*wait)(long timeout);
	bool timed;
};

#define PLAIN(name) { #name, do_##name, false }
#define LIMITED(name) { #name, do_##name, true }

static const struct variant variants[] = {
	PLAIN(wait_event),
	PLAIN(io_wait_event),
	PLAIN(wait_event_idle),
	PLAIN(wait_event_idle_exclusive),
	PLAIN(wait_event_state),
	PLAIN(wait_event_cmd),
	PLAIN(wait_event_exclusive_cmd),
	PLAIN(wait_event_interruptible),
	PLAIN(wait_event_interruptible_exclusive),
	PLAIN(wait_event_killable),
	PLAIN(wait_event_killable_exclusive),
	PLAIN(wait_event_freezable),
	PLAIN(wait_event_freezable_exclusive),
	LIMITED(wait_event_timeout),
	LIMITED(wait_event_idle_timeout),
	LIMITED(wait_event_idle_exclusive_timeout),
	LIMITED(wait_event_interruptible_timeout),
	LIMITED(wait_event_killable_timeout),
	LIMITED(wait_event_freezable_timeout),
	LIMITED(wait_event_hrtimeout),
	LIMITED(wait_event_interruptible_hrtimeout),
};

struct waiter {
	const struct variant *variant;
	struct completion begun, ended;
	long returned;
	unsigned int state;
};

static int waits(void *data)
{
	struct waiter *waiter = data;

	allow_signal(SIGTERM);
	allow_signal(SIGKILL);
	complete(&waiter->begun);
	waiter->returned = waiter->variant->wait(MAX_SCHEDULE_TIMEOUT);
	waiter->state = READ_ONCE(current->__state);
	complete(&waiter->ended);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

/* Starts one, and returns when it is queued and about to sleep. */
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
	/* It was queued before its state was set, so that state is the one that it sleeps in. */
	until(waitqueue_active(&queue) && READ_ONCE(task->__state) != TASK_RUNNING);
	until_asleep(task, READ_ONCE(task->__state));
	return task;
}

CASE(true_at_once, "wait_event io_wait_event wait_event_idle wait_event_state wait_event_cmd wait_event_exclusive_cmd"
		   " wait_event_interruptible wait_event_interruptible_exclusive wait_event_killable wait_event_freezable"
		   " wait_event_hrtimeout wait_event_interruptible_hrtimeout wait_event_timeout")
{
	int i;

	flag = true;
	for (i = 0; i < ARRAY_SIZE(variants); i++) {
		long returned;

		befores = afters = 0;
		returned = variants[i].wait(7);
		answer("wait=%s returned=%ld state=0x%x active=%d cmds=%d,%d", variants[i].name, returned,
		       READ_ONCE(current->__state), waitqueue_active(&queue), befores, afters);
	}
}

/* Of those that tell what is left: the answer of a wake-up lies in its time. */
static long told(const struct variant *variant, long returned)
{
	return variant->timed && returned > 1000 ? 1001 : returned;
}

CASE(woken, "wait_event io_wait_event wait_event_idle wait_event_state wait_event_cmd wait_event_exclusive_cmd"
	    " wait_event_interruptible wait_event_interruptible_exclusive wait_event_killable wait_event_freezable"
	    " wait_event_hrtimeout wait_event_interruptible_hrtimeout wait_event_timeout wait_event_idle_timeout"
	    " wait_event_interruptible_timeout wait_event_killable_timeout wait_event_freezable_timeout"
	    " wake_up")
{
	int i;

	for (i = 0; i < ARRAY_SIZE(variants); i++) {
		struct waiter waiter;
		struct task_struct *task;
		unsigned int state, entry_flags;

		befores = afters = 0;
		WRITE_ONCE(flag, false);
		task = begin(&waiter, &variants[i]);
		if (!task)
			return;
		state = READ_ONCE(task->__state);
		spin_lock_irq(&queue.lock);
		entry_flags = list_first_entry(&queue.head, struct wait_queue_entry, entry)->flags;
		spin_unlock_irq(&queue.lock);
		WRITE_ONCE(flag, true);
		wake_up(&queue);
		wait_for_completion(&waiter.ended);
		answer("wait=%s slept_in=0x%x entry_flags=0x%x returned=%ld state=0x%x active=%d cmds=%d,%d", variants[i].name,
		       state, entry_flags, told(&variants[i], waiter.returned), waiter.state, waitqueue_active(&queue), befores,
		       afters);
		kthread_stop(task);
	}
}

/* A wake-up while the condition is false does not end it; a signal that it heeds does. */
CASE(signalled, "wait_event io_wait_event wait_event_idle wait_event_state wait_event_cmd wait_event_interruptible"
		" wait_event_interruptible_exclusive wait_event_killable wait_event_freezable wait_event_interruptible_hrtimeout"
		" wait_event_interruptible_timeout wait_event_killable_timeout send_sig")
{
	static const int signals[] = { SIGTERM, SIGKILL };
	int i, n;

	for (i = 0; i < ARRAY_SIZE(variants); i++)
		for (n = 0; n < 2; n++) {
			struct waiter waiter;
			struct task_struct *task;
			unsigned int state;
			bool ended;

			WRITE_ONCE(flag, false);
			task = begin(&waiter, &variants[i]);
			if (!task)
				return;
			state = READ_ONCE(task->__state);
			wake_up_process(task);
			until_state(task, state);
			send_sig(signals[n], task, 1);
			/* One that heeds it was woken by it, and does not sleep so again. */
			until_settled(&waiter.ended, task, state);
			ended = completion_done(&waiter.ended);
			WRITE_ONCE(flag, true);
			wake_up(&queue);
			wait_for_completion(&waiter.ended);
			answer("wait=%s signal=%d ended=%d returned=%ld state=0x%x active=%d", variants[i].name, signals[n],
			       ended, told(&variants[i], waiter.returned), waiter.state, waitqueue_active(&queue));
			kthread_stop(task);
		}
}

/* A signal that is there already. */
static struct completion ended;

static int with_signal(void *data)
{
	int i;

	allow_signal(SIGTERM);
	send_sig(SIGTERM, current, 1);
	for (i = 0; i < ARRAY_SIZE(variants); i++) {
		/* 1000: not asked, for it would sleep for ever. */
		long when_false = 1000, when_true;
		const char *name = variants[i].name;

		WRITE_ONCE(flag, true);
		when_true = variants[i].wait(9);
		WRITE_ONCE(flag, false);
		if (!strncmp(name, "wait_event_interruptible", 24) || !strncmp(name, "wait_event_freezable", 20))
			when_false = variants[i].wait(9);
		else if (variants[i].timed)
			when_false = variants[i].wait(1);
		answer("wait=%s true=%ld false=%ld", name, when_true, when_false);
	}
	complete(&ended);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

CASE(signal_before, "wait_event_interruptible wait_event_interruptible_timeout wait_event_timeout wait_event_freezable"
		    " wait_event_freezable_timeout wait_event_interruptible_hrtimeout wait_event_killable_timeout")
{
	struct task_struct *task;

	init_completion(&ended);
	task = ask_thread(with_signal, NULL);
	if (!task)
		return;
	wait_for_completion(&ended);
	kthread_stop(task);
}

/* No time, little time, and all of it. */
CASE(times, "wait_event_timeout wait_event_idle_timeout wait_event_interruptible_timeout wait_event_killable_timeout"
	    " wait_event_freezable_timeout wait_event_hrtimeout wait_event_interruptible_hrtimeout")
{
	int i;

	for (i = 0; i < ARRAY_SIZE(variants); i++) {
		long when_false[2], when_true[3];

		if (!variants[i].timed)
			continue;
		WRITE_ONCE(flag, false);
		when_false[0] = variants[i].wait(0);
		when_false[1] = variants[i].wait(2);
		WRITE_ONCE(flag, true);
		when_true[0] = variants[i].wait(0);
		when_true[1] = variants[i].wait(1);
		when_true[2] = variants[i].wait(MAX_SCHEDULE_TIMEOUT);
		answer("wait=%s false 0=%ld 2=%ld true 0=%ld 1=%ld max_is_max=%d state=0x%x active=%d", variants[i].name,
		       when_false[0], when_false[1], when_true[0], when_true[1], when_true[2] == MAX_SCHEDULE_TIMEOUT,
		       READ_ONCE(current->__state), waitqueue_active(&queue));
	}
}

/* It becomes true when the time is over: that is success, by the skin of its teeth. */
CASE(true_at_the_end, "wait_event_timeout wait_event_interruptible_timeout time_after_eq")
{
	unsigned long end = jiffies + 2;
	long plain, interruptible;

	plain = wait_event_timeout(queue, time_after_eq(jiffies, end), 2);
	end = jiffies + 2;
	interruptible = wait_event_interruptible_timeout(queue, time_after_eq(jiffies, end), 2);
	answer("plain=%ld interruptible=%ld", plain, interruptible);
}

/* How often the condition is looked at. */
static atomic_t looks;

static bool looked(void)
{
	atomic_inc(&looks);
	return READ_ONCE(flag);
}

static int counts_looks(void *data)
{
	complete(data);
	wait_event(queue, looked());
	complete(&ended);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

CASE(looks, "wait_event wake_up wait_event_timeout")
{
	DECLARE_COMPLETION_ONSTACK(begun);
	struct task_struct *task;
	int slept;
	long left;

	atomic_set(&looks, 0);
	WRITE_ONCE(flag, true);
	wait_event(queue, looked());
	answer("true looks=%d", atomic_read(&looks));
	atomic_set(&looks, 0);
	WRITE_ONCE(flag, false);
	left = wait_event_timeout(queue, looked(), 0);
	answer("zero left=%ld looks=%d", left, atomic_read(&looks));
	atomic_set(&looks, 0);
	init_completion(&ended);
	task = ask_thread(counts_looks, &begun);
	if (!task)
		return;
	wait_for_completion(&begun);
	until(atomic_read(&looks) == 2);
	until_state(task, TASK_UNINTERRUPTIBLE);
	slept = atomic_read(&looks);
	WRITE_ONCE(flag, true);
	wake_up(&queue);
	wait_for_completion(&ended);
	answer("slept looks=%d woken looks=%d", slept, atomic_read(&looks));
	kthread_stop(task);
}

/* Three wait exclusively; a signal takes the one in the middle, or the first. Who is woken next? */
static atomic_t tokens;

static bool takes_token(void)
{
	return atomic_dec_if_positive(&tokens) >= 0;
}

struct taker {
	struct completion begun, ended;
	long returned;
};

static int takes(void *data)
{
	struct taker *taker = data;

	allow_signal(SIGTERM);
	complete(&taker->begun);
	taker->returned = wait_event_interruptible_exclusive(queue, takes_token());
	complete(&taker->ended);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

CASE(signal_and_order, "wait_event_interruptible_exclusive send_sig wake_up")
{
	int signalled, i;

	for (signalled = 0; signalled < 3; signalled++) {
		struct taker takers[3];
		struct task_struct *tasks[3];
		int woken = -1;

		atomic_set(&tokens, 0);
		for (i = 0; i < 3; i++) {
			init_completion(&takers[i].begun);
			init_completion(&takers[i].ended);
			tasks[i] = ask_thread(takes, &takers[i]);
			if (!tasks[i])
				return;
			wait_for_completion(&takers[i].begun);
			until_state(tasks[i], TASK_INTERRUPTIBLE);
		}
		send_sig(SIGTERM, tasks[signalled], 1);
		wait_for_completion(&takers[signalled].ended);
		/* Nobody else is awake. */
		for (i = 0; i < 3; i++)
			if (i != signalled)
				until_asleep(tasks[i], TASK_INTERRUPTIBLE);
		atomic_set(&tokens, 1);
		wake_up(&queue);
		until(atomic_read(&tokens) == 0);
		for (i = 0; i < 3; i++)
			if (i != signalled) {
				/* The one that took it is on its way to its end. */
				until_settled(&takers[i].ended, tasks[i], TASK_INTERRUPTIBLE);
				if (completion_done(&takers[i].ended))
					woken = i;
			}
		answer("signalled=%d returned=%ld next=%d", signalled, takers[signalled].returned, woken);
		atomic_set(&tokens, 1);
		wake_up(&queue);
		for (i = 0; i < 3; i++)
			if (i != signalled)
				wait_for_completion(&takers[i].ended);
		answer("all_ended active=%d", waitqueue_active(&queue));
		for (i = 0; i < 3; i++)
			kthread_stop(tasks[i]);
	}
}

ASK_MODULE(&case_true_at_once, &case_woken, &case_signalled, &case_signal_before, &case_times, &case_true_at_the_end, &case_looks,
	   &case_signal_and_order);

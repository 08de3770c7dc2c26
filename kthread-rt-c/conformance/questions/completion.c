// SPDX-License-Identifier: MIT OR Apache-2.0
/* Completions: what is counted, who is woken and in which order, and what each wait returns. */
#include "ask.h"

/* What a waiter does, and what it says of it. */
struct waiter {
	struct completion *x;
	long (*wait)(struct completion *x);
	struct completion begun;
	struct completion ended;
	long returned;
	int signal_pending;
};

static int waits(void *data)
{
	struct waiter *waiter = data;

	allow_signal(SIGTERM);
	allow_signal(SIGKILL);
	complete(&waiter->begun);
	waiter->returned = waiter->wait(waiter->x);
	waiter->signal_pending = signal_pending(current);
	complete(&waiter->ended);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

/* Starts a waiter, and returns once it sleeps in this state. */
static struct task_struct *begin(struct waiter *waiter, struct completion *x, long (*wait)(struct completion *x),
				 unsigned int state)
{
	struct task_struct *task;

	waiter->x = x;
	waiter->wait = wait;
	init_completion(&waiter->begun);
	init_completion(&waiter->ended);
	task = ask_thread(waits, waiter);
	if (!task)
		return NULL;
	wait_for_completion(&waiter->begun);
	until_state(task, state);
	return task;
}

static long plain(struct completion *x)
{
	wait_for_completion(x);
	return 0;
}

static long plain_io(struct completion *x)
{
	wait_for_completion_io(x);
	return 0;
}

static long interruptible(struct completion *x)
{
	return wait_for_completion_interruptible(x);
}

static long killable(struct completion *x)
{
	return wait_for_completion_killable(x);
}

static long interruptible_timeout(struct completion *x)
{
	return wait_for_completion_interruptible_timeout(x, MAX_SCHEDULE_TIMEOUT);
}

static long killable_timeout(struct completion *x)
{
	return wait_for_completion_killable_timeout(x, MAX_SCHEDULE_TIMEOUT);
}

/* Stops a waiter, which takes as long as it waits. */
struct stopper {
	struct task_struct *task;
	struct completion ended;
};

static int stops(void *data)
{
	struct stopper *stopper = data;

	kthread_stop(stopper->task);
	kthread_complete_and_exit(&stopper->ended, 0);
}

CASE(counts, "complete completion completion.done try_wait_for_completion init_completion reinit_completion"
	     " DECLARE_COMPLETION_ONSTACK completion_done")
{
	DECLARE_COMPLETION_ONSTACK(x);
	int tries[3];
	int i;

	answer("declared done=%u is_done=%d", x.done, completion_done(&x));
	answer("try_of_none=%d", try_wait_for_completion(&x));
	complete(&x);
	complete(&x);
	answer("two done=%u is_done=%d", x.done, completion_done(&x));
	for (i = 0; i < 3; i++)
		tries[i] = try_wait_for_completion(&x);
	answer("tries=%d,%d,%d done=%u", tries[0], tries[1], tries[2], x.done);
	complete(&x);
	reinit_completion(&x);
	answer("reinit done=%u", x.done);
	complete(&x);
	init_completion(&x);
	answer("init done=%u", x.done);
}

CASE(all, "complete_all completion.done wait_for_completion try_wait_for_completion reinit_completion")
{
	DECLARE_COMPLETION_ONSTACK(x);
	int tried;

	complete_all(&x);
	answer("all done=%u is_done=%d", x.done, completion_done(&x));
	wait_for_completion(&x);
	tried = try_wait_for_completion(&x);
	answer("try=%d done=%u", tried, x.done);
	complete(&x);
	answer("one_more done=%u", x.done);
	reinit_completion(&x);
	answer("reinit done=%u is_done=%d", x.done, completion_done(&x));
}

static DECLARE_COMPLETION(declared);

CASE(declared, "DECLARE_COMPLETION COMPLETION_INITIALIZER")
{
	struct completion x = COMPLETION_INITIALIZER(x);

	answer("declared=%u initialized=%u", declared.done, x.done);
}

CASE(already_done, "wait_for_completion wait_for_completion_io wait_for_completion_interruptible"
		   " wait_for_completion_killable wait_for_completion_timeout wait_for_completion_io_timeout"
		   " wait_for_completion_interruptible_timeout wait_for_completion_killable_timeout")
{
	DECLARE_COMPLETION_ONSTACK(x);
	int i;

	for (i = 0; i < 12; i++)
		complete(&x);
	wait_for_completion(&x);
	wait_for_completion_io(&x);
	answer("plain done=%u", x.done);
	answer("interruptible=%d killable=%d", wait_for_completion_interruptible(&x),
	       wait_for_completion_killable(&x));
	answer("timeout_0=%lu timeout_7=%lu", wait_for_completion_timeout(&x, 0), wait_for_completion_timeout(&x, 7));
	answer("io_timeout_0=%lu io_timeout_7=%lu", wait_for_completion_io_timeout(&x, 0),
	       wait_for_completion_io_timeout(&x, 7));
	answer("interruptible_0=%ld interruptible_7=%ld", wait_for_completion_interruptible_timeout(&x, 0),
	       wait_for_completion_interruptible_timeout(&x, 7));
	answer("killable_0=%ld killable_7=%ld", wait_for_completion_killable_timeout(&x, 0),
	       wait_for_completion_killable_timeout(&x, 7));
	answer("left=%u", x.done);
}

/* Completed while it waits: what is left of the time. */
static long a_hundred_seconds(struct completion *x)
{
	return wait_for_completion_timeout(x, 100 * HZ);
}

static long a_hundred_seconds_of_io(struct completion *x)
{
	return wait_for_completion_io_timeout(x, 100 * HZ);
}

static long a_hundred_seconds_interruptible(struct completion *x)
{
	return wait_for_completion_interruptible_timeout(x, 100 * HZ);
}

static long a_hundred_seconds_killable(struct completion *x)
{
	return wait_for_completion_killable_timeout(x, 100 * HZ);
}

CASE(time_left, "wait_for_completion_timeout wait_for_completion_io_timeout wait_for_completion_interruptible_timeout"
		" wait_for_completion_killable_timeout complete complete_all")
{
	static const struct {
		const char *name;
		long (*wait)(struct completion *x);
		unsigned int state;
	} waits_of[] = {
		{ "timeout", a_hundred_seconds, TASK_UNINTERRUPTIBLE },
		{ "io_timeout", a_hundred_seconds_of_io, TASK_UNINTERRUPTIBLE },
		{ "interruptible_timeout", a_hundred_seconds_interruptible, TASK_INTERRUPTIBLE },
		{ "killable_timeout", a_hundred_seconds_killable, TASK_KILLABLE },
	};
	int all, i;

	for (all = 0; all < 2; all++) {
		for (i = 0; i < ARRAY_SIZE(waits_of); i++) {
			DECLARE_COMPLETION_ONSTACK(x);
			struct waiter waiter;
			struct task_struct *task = begin(&waiter, &x, waits_of[i].wait, waits_of[i].state);

			if (!task)
				return;
			if (all)
				complete_all(&x);
			else
				complete(&x);
			wait_for_completion(&waiter.ended);
			answer("wait=%s all=%d left=%s done=%u", waits_of[i].name, all,
			       ask_between(waiter.returned, 1, 100 * HZ), x.done);
			kthread_stop(task);
		}
	}
}

CASE(timed_out, "wait_for_completion_timeout wait_for_completion_io_timeout wait_for_completion_interruptible_timeout"
		" wait_for_completion_killable_timeout")
{
	DECLARE_COMPLETION_ONSTACK(x);
	unsigned long begin = jiffies;

	answer("timeout_0=%lu timeout_3=%lu", wait_for_completion_timeout(&x, 0), wait_for_completion_timeout(&x, 3));
	answer("at_least_3_ticks=%d", jiffies - begin >= 3);
	answer("io_0=%lu io_1=%lu", wait_for_completion_io_timeout(&x, 0), wait_for_completion_io_timeout(&x, 1));
	answer("interruptible_0=%ld interruptible_1=%ld", wait_for_completion_interruptible_timeout(&x, 0),
	       wait_for_completion_interruptible_timeout(&x, 1));
	answer("killable_0=%ld killable_1=%ld", wait_for_completion_killable_timeout(&x, 0),
	       wait_for_completion_killable_timeout(&x, 1));
	complete(&x);
	answer("done_after=%u", x.done);
}

/* Which state each wait sleeps in, and what a completion makes of it. */
CASE(woken, "wait_for_completion wait_for_completion_io wait_for_completion_interruptible wait_for_completion_killable"
	    " wait_for_completion_interruptible_timeout wait_for_completion_killable_timeout complete TASK_KILLABLE"
	    " TASK_INTERRUPTIBLE TASK_UNINTERRUPTIBLE")
{
	static const struct {
		const char *name;
		long (*wait)(struct completion *x);
		unsigned int state;
	} waits_of[] = {
		{ "plain", plain, TASK_UNINTERRUPTIBLE },
		{ "plain_io", plain_io, TASK_UNINTERRUPTIBLE },
		{ "interruptible", interruptible, TASK_INTERRUPTIBLE },
		{ "killable", killable, TASK_KILLABLE },
		{ "interruptible_timeout", interruptible_timeout, TASK_INTERRUPTIBLE },
		{ "killable_timeout", killable_timeout, TASK_KILLABLE },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(waits_of); i++) {
		DECLARE_COMPLETION_ONSTACK(x);
		struct waiter waiter;
		struct task_struct *task = begin(&waiter, &x, waits_of[i].wait, waits_of[i].state);

		if (!task)
			return;
		complete(&x);
		wait_for_completion(&waiter.ended);
		/* How much time is left depends on the machine, when a wait tells it. */
		answer("wait=%s state=0x%x positive=%d negative=%d done=%u", waits_of[i].name, waits_of[i].state,
		       waiter.returned > 0, waiter.returned < 0, x.done);
		kthread_stop(task);
	}
}

/* A signal that is allowed, and a fatal one. */
CASE(signalled, "wait_for_completion_interruptible wait_for_completion_killable wait_for_completion_interruptible_timeout"
		" wait_for_completion_killable_timeout send_sig allow_signal signal_pending")
{
	static const struct {
		const char *name;
		long (*wait)(struct completion *x);
		unsigned int state;
		int signal;
	} waits_of[] = {
		{ "interruptible", interruptible, TASK_INTERRUPTIBLE, SIGTERM },
		{ "interruptible_timeout", interruptible_timeout, TASK_INTERRUPTIBLE, SIGTERM },
		{ "interruptible", interruptible, TASK_INTERRUPTIBLE, SIGKILL },
		{ "killable", killable, TASK_KILLABLE, SIGKILL },
		{ "killable_timeout", killable_timeout, TASK_KILLABLE, SIGKILL },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(waits_of); i++) {
		DECLARE_COMPLETION_ONSTACK(x);
		struct waiter waiter;
		struct task_struct *task = begin(&waiter, &x, waits_of[i].wait, waits_of[i].state);

		if (!task)
			return;
		send_sig(waits_of[i].signal, task, 1);
		wait_for_completion(&waiter.ended);
		answer("wait=%s signal=%d returned=%ld pending=%d done=%u", waits_of[i].name, waits_of[i].signal,
		       waiter.returned, waiter.signal_pending, x.done);
		kthread_stop(task);
	}
}

/* Waits that such a signal does not end. */
CASE(not_signalled, "wait_for_completion wait_for_completion_killable send_sig")
{
	static const struct {
		const char *name;
		long (*wait)(struct completion *x);
		unsigned int state;
	} waits_of[] = {
		{ "plain", plain, TASK_UNINTERRUPTIBLE },
		{ "killable", killable, TASK_KILLABLE },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(waits_of); i++) {
		DECLARE_COMPLETION_ONSTACK(x);
		struct waiter waiter;
		struct task_struct *task = begin(&waiter, &x, waits_of[i].wait, waits_of[i].state);

		if (!task)
			return;
		send_sig(SIGTERM, task, 1);
		answer("wait=%s ended_by_signal=%d", waits_of[i].name, completion_done(&waiter.ended));
		complete(&x);
		wait_for_completion(&waiter.ended);
		answer("wait=%s returned=%ld pending=%d", waits_of[i].name, waiter.returned, waiter.signal_pending);
		kthread_stop(task);
	}
}

/* A stop is no signal, but ends what a signal would end. */
CASE(stopped, "wait_for_completion_interruptible wait_for_completion_interruptible_timeout wait_for_completion_killable"
	      " wait_for_completion kthread_stop")
{
	static const struct {
		const char *name;
		long (*wait)(struct completion *x);
		unsigned int state;
		bool ends;
	} waits_of[] = {
		{ "interruptible", interruptible, TASK_INTERRUPTIBLE, true },
		{ "interruptible_timeout", interruptible_timeout, TASK_INTERRUPTIBLE, true },
		{ "killable", killable, TASK_KILLABLE, false },
		{ "plain", plain, TASK_UNINTERRUPTIBLE, false },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(waits_of); i++) {
		DECLARE_COMPLETION_ONSTACK(x);
		struct waiter waiter;
		struct task_struct *task = begin(&waiter, &x, waits_of[i].wait, waits_of[i].state);
		struct stopper stopper;

		if (!task)
			return;
		stopper.task = task;
		init_completion(&stopper.ended);
		if (!ask_thread(stops, &stopper))
			return;
		/* Who is not ended by the stop has to be ended by a completion; nobody stops twice. */
		if (!waits_of[i].ends) {
			until(signal_pending(task));
			answer("wait=%s ended_by_stop=%d", waits_of[i].name, completion_done(&waiter.ended));
			complete(&x);
		}
		wait_for_completion(&stopper.ended);
		answer("wait=%s returned=%ld pending=%d done=%u", waits_of[i].name, waiter.returned,
		       waiter.signal_pending, x.done);
	}
}

/* Three wait; each completion ends one of them, the first that came. */
static atomic_t place;

static int takes_a_place(void *data)
{
	struct waiter *waiter = data;

	complete(&waiter->begun);
	wait_for_completion(waiter->x);
	waiter->returned = atomic_inc_return(&place);
	complete(&waiter->ended);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

CASE(order, "complete wait_for_completion completion.wait complete_all")
{
	DECLARE_COMPLETION_ONSTACK(x);
	struct waiter waiters[3];
	struct task_struct *tasks[3];
	int all, i;

	for (all = 0; all < 2; all++) {
		atomic_set(&place, 0);
		init_completion(&x);
		for (i = 0; i < 3; i++) {
			waiters[i].x = &x;
			init_completion(&waiters[i].begun);
			init_completion(&waiters[i].ended);
			tasks[i] = ask_thread(takes_a_place, &waiters[i]);
			if (!tasks[i])
				return;
			wait_for_completion(&waiters[i].begun);
			until_state(tasks[i], TASK_UNINTERRUPTIBLE);
		}
		answer("waiting is_done=%d done=%u queued=%d", completion_done(&x), x.done,
		       !list_empty(&x.wait.task_list));
		if (all)
			complete_all(&x);
		for (i = 0; i < 3; i++) {
			if (!all)
				complete(&x);
			wait_for_completion(&waiters[i].ended);
			if (!all)
				answer("waiter=%d place=%ld", i, waiters[i].returned);
		}
		answer("all=%d places=%d done=%u queued=%d", all, atomic_read(&place), x.done,
		       !list_empty(&x.wait.task_list));
		for (i = 0; i < 3; i++)
			kthread_stop(tasks[i]);
	}
}

ASK_MODULE(&case_counts, &case_all, &case_declared, &case_already_done, &case_time_left, &case_timed_out, &case_woken,
	   &case_signalled, &case_not_signalled, &case_stopped, &case_order);

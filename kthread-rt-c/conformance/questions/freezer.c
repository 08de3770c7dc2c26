// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Freezing: what a thread sees of it when nothing is frozen, and what a real freeze does with
 * threads that take part and that do not. A kernel is frozen by its own test of the freezer, which
 * a shell starts and which ends by itself after two seconds.
 */
#include "ask.h"
#include <linux/freezer.h>
#include <linux/umh.h>
#include <linux/wait.h>

static struct completion begun, ended;

static int runs_asks(void *data)
{
	void (*asks)(void) = data;

	asks();
	complete(&ended);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

static void in_thread(void (*asks)(void))
{
	struct task_struct *task;

	init_completion(&ended);
	task = ask_thread(runs_asks, asks);
	if (!task)
		return;
	wait_for_completion(&ended);
	kthread_stop(task);
}

static void not_freezing(void)
{
	bool was_frozen = true;
	bool stop;

	answer("begins nofreeze=%d freezing=%d", !!(current->flags & PF_NOFREEZE), freezing(current));
	answer("try_to_freeze=%d", try_to_freeze());
	answer("set_freezable=%d", set_freezable());
	answer("then nofreeze=%d freezing=%d try_to_freeze=%d", !!(current->flags & PF_NOFREEZE), freezing(current),
	       try_to_freeze());
	stop = kthread_freezable_should_stop(&was_frozen);
	answer("should_stop=%d was_frozen=%d state=0x%x", stop, was_frozen, READ_ONCE(current->__state));
	answer("set_again=%d", set_freezable());
}

CASE(not_freezing, "freezing try_to_freeze set_freezable kthread_freezable_should_stop PF_NOFREEZE")
{
	in_thread(not_freezing);
}

/* A whole freeze. */
static DECLARE_WAIT_QUEUE_HEAD(queue);
static DECLARE_WAIT_QUEUE_HEAD(over);
static bool flag, done;
static struct completion seen, thawed;
static atomic_t tries, was_frozens, wakes, ticks;

/* In a wait that may be frozen as it is. */
static int waits(void *data)
{
	set_freezable();
	complete(&begun);
	wait_event_freezable(queue, READ_ONCE(flag));
	atomic_inc(&wakes);
	complete(&thawed);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(MAX_SCHEDULE_TIMEOUT);
	return 0;
}

/* Asks between its rounds. */
static int tries_to_freeze(void *data)
{
	set_freezable();
	complete(&begun);
	while (!kthread_should_stop()) {
		if (try_to_freeze())
			atomic_inc(&tries);
		schedule_timeout_interruptible(1);
	}
	return 0;
}

static int asks_to_stop(void *data)
{
	bool was_frozen;

	set_freezable();
	complete(&begun);
	while (!kthread_freezable_should_stop(&was_frozen)) {
		if (was_frozen)
			atomic_inc(&was_frozens);
		schedule_timeout_interruptible(1);
	}
	return 4;
}

/* Takes no part. */
static int goes_on(void *data)
{
	complete(&begun);
	while (!kthread_should_stop()) {
		try_to_freeze();
		atomic_inc(&ticks);
		schedule_timeout_interruptible(1);
	}
	return 0;
}

static struct task_struct *begin(int (*fn)(void *))
{
	struct task_struct *task;

	init_completion(&begun);
	task = ask_thread(fn, NULL);
	if (task)
		wait_for_completion(&begun);
	return task;
}

#if ASK_OF_OURS
static int freezes(void *data)
{
	int processes = freeze_processes();
	int threads = processes ? processes : freeze_kernel_threads();

	if (threads)
		answer("not_frozen=%d", threads);
	wait_for_completion(&seen);
	thaw_processes();
	complete(&ended);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

static struct task_struct *freezer;

static void freeze(void)
{
	freezer = ask_thread(freezes, NULL);
}

static void freeze_is_over(void)
{
	wait_for_completion(&ended);
	kthread_stop(freezer);
}
#else
static void freeze(void)
{
	static char *argv[] = { "/bin/sh", "-c",
				"echo 2 >/sys/module/suspend/parameters/pm_test_delay; echo freezer >/sys/power/pm_test;"
				" echo freeze >/sys/power/state",
				NULL };
	static char *envp[] = { "PATH=/bin", NULL };

	call_usermodehelper(argv[0], argv, envp, UMH_NO_WAIT);
}

static void freeze_is_over(void)
{
}
#endif

static struct task_struct *tasks[4];
static struct kthread_worker *worker;
static struct kthread_work work;
static atomic_t works;

static void works_on(struct kthread_work *one)
{
	atomic_inc(&works);
}

/* It takes no part itself, so it can look at the others. */
static int observes(void *data)
{
	int queued, before;

	/* Who waits in a freezable state is frozen where he is; the others when they ask. */
	until_state(tasks[0], TASK_FROZEN);
	until_state(tasks[1], TASK_FROZEN);
	until_state(tasks[2], TASK_FROZEN);
	until_state(worker->task, TASK_FROZEN);
	answer("frozen states=0x%x,0x%x,0x%x worker=0x%x", READ_ONCE(tasks[0]->__state), READ_ONCE(tasks[1]->__state),
	       READ_ONCE(tasks[2]->__state), READ_ONCE(worker->task->__state));
	answer("freezing=%d,%d,%d,%d self=%d try_to_freeze=%d", freezing(tasks[0]), freezing(tasks[1]), freezing(tasks[2]),
	       freezing(tasks[3]), freezing(current), try_to_freeze());
	before = atomic_read(&ticks);
	until(atomic_read(&ticks) > before);
	answer("goes_on=%d", atomic_read(&ticks) > before);
	/* Neither a wake-up nor a work reaches them. */
	WRITE_ONCE(flag, true);
	wake_up(&queue);
	queued = kthread_queue_work(worker, &work);
	before = atomic_read(&ticks);
	until(atomic_read(&ticks) >= before + 2);
	answer("queued=%d works=%d wakes=%d tries=%d was_frozen=%d state=0x%x", queued, atomic_read(&works), atomic_read(&wakes),
	       atomic_read(&tries), atomic_read(&was_frozens), READ_ONCE(tasks[0]->__state));
	complete(&seen);
	wait_for_completion(&thawed);
	until(atomic_read(&tries) > 0 && atomic_read(&was_frozens) > 0 && atomic_read(&works) > 0);
	answer("thawed works=%d wakes=%d tries=%d was_frozen=%d freezing=%d", atomic_read(&works), atomic_read(&wakes),
	       atomic_read(&tries), atomic_read(&was_frozens), freezing(tasks[1]));
	WRITE_ONCE(done, true);
	wake_up(&over);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

CASE(frozen, "freezing try_to_freeze set_freezable kthread_freezable_should_stop TASK_FROZEN TASK_FREEZABLE wait_event_freezable"
	     " KTW_FREEZABLE kthread_create_worker PF_NOFREEZE freeze_processes freeze_kernel_threads thaw_processes")
{
	static int (*const functions[])(void *) = { waits, tries_to_freeze, asks_to_stop, goes_on };
	struct task_struct *observer;
	int i, stops[4];

	init_completion(&seen);
	init_completion(&thawed);
	init_completion(&ended);
	for (i = 0; i < 4; i++) {
		tasks[i] = begin(functions[i]);
		if (!tasks[i])
			return;
	}
	worker = kthread_create_worker(KTW_FREEZABLE, "freezable");
	if (IS_ERR(worker))
		return;
	kthread_init_work(&work, works_on);
	until_state(worker->task, TASK_INTERRUPTIBLE);
	until_state(tasks[0], TASK_INTERRUPTIBLE | TASK_FREEZABLE);
	observer = ask_thread(observes, NULL);
	if (!observer)
		return;
	freeze();
	/* The process that loads this is frozen, too. */
	wait_event_freezable(over, READ_ONCE(done));
	freeze_is_over();
	kthread_stop(observer);
	kthread_destroy_worker(worker);
	for (i = 0; i < 4; i++)
		stops[i] = kthread_stop(tasks[i]);
	answer("stops=%d,%d,%d,%d", stops[0], stops[1], stops[2], stops[3]);
}

ASK_MODULE(&case_not_freezing, &case_frozen);

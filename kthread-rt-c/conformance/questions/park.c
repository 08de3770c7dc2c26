// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Parking: who waits for whom, what a parked thread notices, and what parks without being asked.
 * create_stop.c has the plain cases.
 */
#include "ask.h"
#include <linux/smp.h>
#include <linux/wait.h>

static struct completion begun, ended;
static atomic_t rounds;

/* Parks when it is asked to, and counts how often it came back. */
static int parks(void *data)
{
	complete(&begun);
	while (!kthread_should_stop()) {
		if (kthread_should_park()) {
			kthread_parkme();
			atomic_inc(&rounds);
			continue;
		}
		set_current_state(TASK_INTERRUPTIBLE);
		if (!kthread_should_park() && !kthread_should_stop())
			schedule();
		__set_current_state(TASK_RUNNING);
	}
	return 21;
}

static struct task_struct *begin(int (*fn)(void *), void *data)
{
	struct task_struct *task;

	init_completion(&begun);
	init_completion(&ended);
	atomic_set(&rounds, 0);
	task = ask_thread(fn, data);
	if (task)
		wait_for_completion(&begun);
	return task;
}

static void sleeps_until_stopped(void)
{
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
}

static int parks_unasked(void *data)
{
	complete(&begun);
	answer("should_park=%d", kthread_should_park());
	kthread_parkme();
	answer("came_back state=0x%x should_park=%d", READ_ONCE(current->__state), kthread_should_park());
	complete(&ended);
	sleeps_until_stopped();
	return 0;
}

CASE(unasked, "kthread_parkme kthread_should_park")
{
	struct task_struct *task = begin(parks_unasked, NULL);

	if (!task)
		return;
	wait_for_completion(&ended);
	kthread_stop(task);
}

static int parks_itself(void *data)
{
	int parked;

	complete(&begun);
	parked = kthread_park(current);
	answer("park_self=%d should_park=%d state=0x%x", parked, kthread_should_park(), READ_ONCE(current->__state));
	kthread_unpark(current);
	answer("unpark_self should_park=%d", kthread_should_park());
	parked = kthread_park(current);
	answer("again=%d should_park=%d", parked, kthread_should_park());
	kthread_parkme();
	answer("came_back should_park=%d", kthread_should_park());
	complete(&ended);
	sleeps_until_stopped();
	return 4;
}

CASE(self, "kthread_park kthread_unpark kthread_parkme kthread_should_park TASK_PARKED")
{
	struct task_struct *task = begin(parks_itself, NULL);

	if (!task)
		return;
	until_state(task, TASK_PARKED);
	answer("sleeps state=0x%x", READ_ONCE(task->__state));
	kthread_unpark(task);
	wait_for_completion(&ended);
	answer("stop=%d", kthread_stop(task));
}

/* Of a thread that nobody asked to park. */
CASE(unpark_unasked, "kthread_unpark")
{
	struct task_struct *task = begin(parks, NULL);
	int i;

	if (!task)
		return;
	until_state(task, TASK_INTERRUPTIBLE);
	for (i = 0; i < 3; i++)
		kthread_unpark(task);
	answer("state=0x%x rounds=%d", READ_ONCE(task->__state), atomic_read(&rounds));
	answer("stop=%d", kthread_stop(task));

	task = kthread_create(parks, NULL, "created");
	kthread_unpark(task);
	answer("created state=0x%x", READ_ONCE(task->__state));
	answer("stop=%d", kthread_stop(task));
}

CASE(cycles, "kthread_park kthread_unpark")
{
	struct task_struct *task = begin(parks, NULL);
	int bad = 0, not_parked = 0, i;

	if (!task)
		return;
	for (i = 0; i < 20; i++) {
		bad += kthread_park(task) != 0;
		not_parked += READ_ONCE(task->__state) != TASK_PARKED;
		kthread_unpark(task);
		/* Who is parked again before he runs does not come back between. */
		until(atomic_read(&rounds) == i + 1);
	}
	answer("bad=%d not_parked=%d rounds=%d", bad, not_parked, atomic_read(&rounds));
	answer("stop=%d", kthread_stop(task));
}

/* A signal and wake-ups find a parked thread asleep. */
static int parks_with_signal(void *data)
{
	allow_signal(SIGTERM);
	allow_signal(SIGKILL);
	return parks(data);
}

CASE(deaf, "kthread_park send_sig wake_up_process signal_pending kthread_unpark TASK_PARKED")
{
	struct task_struct *task = begin(parks_with_signal, NULL);
	int sent, woken;

	if (!task)
		return;
	kthread_park(task);
	sent = send_sig(SIGTERM, task, 1);
	answer("term=%d pending=%d state=0x%x rounds=%d", sent, signal_pending(task), READ_ONCE(task->__state),
	       atomic_read(&rounds));
	sent = send_sig(SIGKILL, task, 1);
	woken = wake_up_process(task);
	answer("kill=%d woken=%d state=0x%x rounds=%d", sent, woken, READ_ONCE(task->__state), atomic_read(&rounds));
	kthread_unpark(task);
	until(atomic_read(&rounds) == 1);
	answer("rounds=%d pending=%d", atomic_read(&rounds), signal_pending(task));
	answer("stop=%d", kthread_stop(task));
}

/* What a request to park makes of a sleep. */
static long left;

static int sleeps_timeout(void *data)
{
	complete(&begun);
	left = schedule_timeout_interruptible(3600 * HZ);
	answer("schedule_timeout_interruptible left=%d pending=%d should_park=%d", left > 0, signal_pending(current),
	       kthread_should_park());
	kthread_parkme();
	sleeps_until_stopped();
	return 0;
}

static DECLARE_WAIT_QUEUE_HEAD(queue);
static bool flag;

static int sleeps_for_flag(void *data)
{
	complete(&begun);
	wait_event_interruptible(queue, flag);
	answer("woken_for_flag should_park=%d", kthread_should_park());
	kthread_parkme();
	sleeps_until_stopped();
	return 0;
}

static int sleeps_for_park(void *data)
{
	int waited;

	complete(&begun);
	waited = wait_event_interruptible(queue, kthread_should_park());
	answer("wait_event should_park=%d returned=%d", kthread_should_park(), waited);
	kthread_parkme();
	sleeps_until_stopped();
	return 0;
}

struct parker {
	struct task_struct *task;
	struct completion begun, ended;
	int parked;
};

static int parks_other(void *data)
{
	struct parker *parker = data;

	complete(&parker->begun);
	parker->parked = kthread_park(parker->task);
	complete(&parker->ended);
	sleeps_until_stopped();
	return 0;
}

CASE(ends_sleep, "kthread_park schedule_timeout_interruptible signal_pending kthread_should_park")
{
	struct task_struct *task = begin(sleeps_timeout, NULL);
	int parked;

	if (!task)
		return;
	until_state(task, TASK_INTERRUPTIBLE);
	parked = kthread_park(task);
	answer("park=%d state=0x%x", parked, READ_ONCE(task->__state));
	kthread_stop(task);
}

CASE(ends_wait_for_it, "kthread_park wait_event_interruptible kthread_should_park")
{
	struct task_struct *task = begin(sleeps_for_park, NULL);
	int parked;

	if (!task)
		return;
	until_state(task, TASK_INTERRUPTIBLE);
	parked = kthread_park(task);
	answer("park=%d", parked);
	kthread_stop(task);
}

/* It waits for something else, and its parker for it. */
CASE(waits_for_target, "kthread_park wait_event_interruptible TASK_UNINTERRUPTIBLE")
{
	struct task_struct *task = begin(sleeps_for_flag, NULL);
	struct parker parker = { .task = task };
	struct task_struct *other;

	if (!task)
		return;
	flag = false;
	until_state(task, TASK_INTERRUPTIBLE);
	init_completion(&parker.begun);
	init_completion(&parker.ended);
	other = ask_thread(parks_other, &parker);
	if (!other)
		return;
	wait_for_completion(&parker.begun);
	until_state(other, TASK_UNINTERRUPTIBLE);
	answer("parker_state=0x%x parked=%d", READ_ONCE(other->__state), completion_done(&parker.ended));
	flag = true;
	wake_up(&queue);
	wait_for_completion(&parker.ended);
	answer("park=%d state=0x%x", parker.parked, READ_ONCE(task->__state));
	kthread_stop(other);
	kthread_stop(task);
}

CASE(again_at_once, "kthread_park kthread_unpark kthread_stop")
{
	struct task_struct *task = begin(parks, NULL);
	int first, second;

	if (!task)
		return;
	first = kthread_park(task);
	kthread_unpark(task);
	second = kthread_park(task);
	answer("first=%d second=%d state=0x%x", first, second, READ_ONCE(task->__state));
	answer("stop=%d", kthread_stop(task));
}

static int cpu_seen;

static int tells_its_cpu(void *data)
{
	complete(&begun);
	while (!kthread_should_stop()) {
		kthread_parkme();
		cpu_seen = raw_smp_processor_id();
		atomic_inc(&rounds);
		set_current_state(TASK_INTERRUPTIBLE);
		if (!kthread_should_park() && !kthread_should_stop())
			schedule();
		__set_current_state(TASK_RUNNING);
	}
	return 6;
}

CASE(bound, "kthread_create_on_cpu kthread_park kthread_unpark PF_NO_SETAFFINITY")
{
	struct task_struct *task;
	int parked;

	cpu_seen = -1;
	init_completion(&begun);
	atomic_set(&rounds, 0);
	task = kthread_create_on_cpu(tells_its_cpu, NULL, 0, "bound/%u");
	parked = kthread_park(task);
	answer("park=%d state=0x%x cpu=%d rounds=%d", parked, READ_ONCE(task->__state), cpu_seen,
	       atomic_read(&rounds));
	kthread_unpark(task);
	wait_for_completion(&begun);
	until(atomic_read(&rounds) == 1);
	answer("cpu=%d no_setaffinity=%d", cpu_seen, !!(task->flags & PF_NO_SETAFFINITY));
	answer("stop=%d", kthread_stop(task));
}

/* It ends without parking: a kernel's parker sleeps for ever. */
static int ends_instead(void *data)
{
	complete(&begun);
	while (!kthread_should_park())
		schedule_timeout_interruptible(MAX_SCHEDULE_TIMEOUT);
	return 8;
}

OURS(exits_instead, "kthread_park", "park=-38 stop=8")
{
	struct task_struct *task = begin(ends_instead, NULL);
	int parked, stopped;

	get_task_struct(task);
	parked = kthread_park(task);
	stopped = kthread_stop(task);
	answer("park=%d stop=%d", parked, stopped);
	put_task_struct(task);
}

ASK_MODULE(&case_unasked, &case_self, &case_unpark_unasked, &case_cycles, &case_deaf, &case_ends_sleep,
	   &case_ends_wait_for_it, &case_waits_for_target, &case_again_at_once, &case_bound, &case_exits_instead);

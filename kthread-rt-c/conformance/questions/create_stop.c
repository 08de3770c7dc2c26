// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * A kthread's life: how it is created, named and bound, what stop returns, how it parks and how it
 * ends.
 */
#include "ask.h"
#include <linux/cpumask.h>
#include <linux/slab.h>
#include <linux/smp.h>

static struct completion begun;
static atomic_t runs;

/* Counts, and returns its data. */
static int returns_data(void *data)
{
	atomic_inc(&runs);
	return (int)(long)data;
}

/* Says that it has begun, and returns its data when it is stopped. */
static int until_stopped(void *data)
{
	atomic_inc(&runs);
	complete(&begun);
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (kthread_should_stop())
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	return (int)(long)data;
}

CASE(created, "kthread_create task_struct.__state task_struct.flags task_struct.exit_state PF_KTHREAD PF_NO_SETAFFINITY"
	      " PF_EXITING PF_NOFREEZE task_struct.mm task_struct.policy task_struct.prio task_struct.static_prio"
	      " task_struct.rt_priority task_nice task_struct.tgid task_struct.parent task_struct.real_parent kthread_stop")
{
	struct task_struct *task;

	atomic_set(&runs, 0);
	task = kthread_create(returns_data, (void *)1L, "created");
	answer("state=0x%x exit_state=0x%x runs=%d", READ_ONCE(task->__state), task->exit_state, atomic_read(&runs));
	answer("kthread=%d no_setaffinity=%d exiting=%d nofreeze=%d", !!(task->flags & PF_KTHREAD),
	       !!(task->flags & PF_NO_SETAFFINITY), !!(task->flags & PF_EXITING), !!(task->flags & PF_NOFREEZE));
	answer("mm=%d policy=%u prio=%d static_prio=%d rt_priority=%u nice=%d", !!task->mm, task->policy, task->prio,
	       task->static_prio, task->rt_priority, task_nice(task));
	answer("tgid_is_pid=%d parent=%d real_parent=%s", task->tgid == task->pid, task->parent->pid,
	       task->real_parent->comm);
	answer("stop=%d runs=%d", kthread_stop(task), atomic_read(&runs));
}

CASE(never_woken, "kthread_create kthread_create_on_node kthread_stop EINTR")
{
	static const long data[] = { 0, 7, -5 };
	struct task_struct *task;
	int stopped, i;

	for (i = 0; i < ARRAY_SIZE(data); i++) {
		atomic_set(&runs, 0);
		task = kthread_create_on_node(returns_data, (void *)data[i], NUMA_NO_NODE, "never/%d", i);
		stopped = kthread_stop(task);
		answer("data=%ld stop=%d interrupted=%d runs=%d", data[i], stopped, stopped == -EINTR,
		       atomic_read(&runs));
	}
}

CASE(result, "kthread_run kthread_stop")
{
	static const int data[] = { 0, 1, 42, -1, -5, -4, INT_MAX, INT_MIN };
	struct task_struct *task;
	int i, stopped;

	for (i = 0; i < ARRAY_SIZE(data); i++) {
		init_completion(&begun);
		task = kthread_run(until_stopped, (void *)(long)data[i], "result");
		wait_for_completion(&begun);
		stopped = kthread_stop(task);
		answer("returns=%d stop=%d", data[i], stopped);
	}
}

/* It has returned before it is stopped. */
CASE(returned_before, "kthread_create get_task_struct put_task_struct wake_up_process kthread_stop task_struct.exit_state TASK_DEAD")
{
	struct task_struct *task = kthread_create(returns_data, (void *)7L, "returns");
	int woken, stopped;

	atomic_set(&runs, 0);
	get_task_struct(task);
	woken = wake_up_process(task);
	until(READ_ONCE(task->__state) == TASK_DEAD);
	answer("woken=%d ended=%d exiting=%d", woken, !!task->exit_state, !!(task->flags & PF_EXITING));
	answer("wake_of_dead=%d", wake_up_process(task));
	stopped = kthread_stop(task);
	answer("stop=%d runs=%d", stopped, atomic_read(&runs));
	put_task_struct(task);
}

static struct task_struct *self;
static int seen_before, seen_after, pending_before, pending_after;

static int watches_itself(void *data)
{
	self = current;
	seen_before = kthread_should_stop();
	pending_before = signal_pending(current);
	complete(&begun);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(MAX_SCHEDULE_TIMEOUT);
	seen_after = kthread_should_stop();
	pending_after = signal_pending(current);
	return 0;
}

CASE(should_stop, "kthread_should_stop kthread_stop signal_pending current schedule_timeout_interruptible")
{
	struct task_struct *task;
	int stopped;

	init_completion(&begun);
	task = kthread_run(watches_itself, NULL, "watches");
	wait_for_completion(&begun);
	until_state(task, TASK_INTERRUPTIBLE);
	stopped = kthread_stop(task);
	answer("current=%d stop=%d", self == task, stopped);
	answer("before should_stop=%d pending=%d", seen_before, pending_before);
	answer("after should_stop=%d pending=%d", seen_after, pending_after);
}

/* What a stop makes of each sleep. */
struct sleeper {
	long (*sleep)(void);
	long returned;
	bool should_stop;
};

static long interruptibly(void)
{
	return schedule_timeout_interruptible(MAX_SCHEDULE_TIMEOUT) == MAX_SCHEDULE_TIMEOUT;
}

static long ms(void)
{
	return msleep_interruptible(3600 * 1000) > 0;
}

static int sleeps(void *data)
{
	struct sleeper *sleeper = data;

	complete(&begun);
	sleeper->returned = sleeper->sleep();
	sleeper->should_stop = kthread_should_stop();
	return 3;
}

CASE(stop_ends_sleeps, "kthread_stop kthread_should_stop schedule_timeout_interruptible msleep_interruptible")
{
	static const struct {
		const char *name;
		long (*sleep)(void);
	} sleeps_of[] = {
		{ "schedule_timeout_interruptible", interruptibly },
		{ "msleep_interruptible", ms },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(sleeps_of); i++) {
		struct sleeper sleeper = { .sleep = sleeps_of[i].sleep };
		struct task_struct *task;
		int stopped;

		init_completion(&begun);
		task = ask_thread(sleeps, &sleeper);
		if (!task)
			return;
		wait_for_completion(&begun);
		until_state(task, TASK_INTERRUPTIBLE);
		stopped = kthread_stop(task);
		answer("sleep=%s stop=%d time_left=%ld should_stop=%d", sleeps_of[i].name, stopped, sleeper.returned,
		       sleeper.should_stop);
	}
}

/* Names: formatted, cut after 15 bytes, empty, with percent signs. */
CASE(names, "kthread_create task_struct.comm get_task_comm TASK_COMM_LEN kthread_create_on_cpu")
{
	char comm[TASK_COMM_LEN];
	struct task_struct *tasks[6];
	int i;

	tasks[0] = kthread_create(returns_data, NULL, "short");
	tasks[1] = kthread_create(returns_data, NULL, "fifteen-chars-%d", 1);
	tasks[2] = kthread_create(returns_data, NULL, "sixteen-chars-%d", 12);
	tasks[3] = kthread_create(returns_data, NULL, "a-very-long-name-of-a-thread/%u:%s", 3, "x");
	tasks[4] = kthread_create(returns_data, NULL, "%s", "");
	tasks[5] = kthread_create(returns_data, NULL, "per%%cent %s", "%d");
	for (i = 0; i < ARRAY_SIZE(tasks); i++) {
		get_task_comm(comm, tasks[i]);
		answer("comm=[%s] get_task_comm=[%s] length=%zu of=%d", tasks[i]->comm, comm, strlen(comm), TASK_COMM_LEN);
		kthread_stop(tasks[i]);
	}
	tasks[0] = kthread_create_on_cpu(returns_data, NULL, 0, "on-cpu/%u");
	answer("comm=[%s]", tasks[0]->comm);
	kthread_stop(tasks[0]);
}

CASE(data, "kthread_data kthread_func kthread_create current")
{
	static int it;
	struct task_struct *task = kthread_create(returns_data, &it, "data");

	answer("data=%d func=%d", kthread_data(task) == &it, kthread_func(task) == returns_data);
	answer("func_of_init=%d", !kthread_func(current));
	kthread_stop(task);
}

static int cpu_seen;

static int says_its_cpu(void *data)
{
	cpu_seen = raw_smp_processor_id();
	complete(&begun);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(MAX_SCHEDULE_TIMEOUT);
	return 0;
}

CASE(bound, "kthread_bind kthread_create_on_cpu kthread_run_on_cpu task_struct.flags PF_NO_SETAFFINITY set_cpus_allowed_ptr")
{
	struct task_struct *task;
	int set;

	cpu_seen = -1;
	init_completion(&begun);
	task = kthread_create(says_its_cpu, NULL, "bound");
	kthread_bind(task, 0);
	answer("bind no_setaffinity=%d state=0x%x", !!(task->flags & PF_NO_SETAFFINITY), READ_ONCE(task->__state));
	set = set_cpus_allowed_ptr(task, cpumask_of(0));
	answer("set_cpus_allowed=%d", set);
	wake_up_process(task);
	wait_for_completion(&begun);
	answer("runs_on=%d", cpu_seen);
	kthread_stop(task);

	task = kthread_create_on_cpu(says_its_cpu, NULL, 0, "created/%u");
	answer("create_on_cpu no_setaffinity=%d", !!(task->flags & PF_NO_SETAFFINITY));
	kthread_stop(task);

	cpu_seen = -1;
	init_completion(&begun);
	task = kthread_run_on_cpu(says_its_cpu, NULL, 0, "run/%u");
	wait_for_completion(&begun);
	answer("run_on_cpu comm=[%s] runs_on=%d", task->comm, cpu_seen);
	kthread_stop(task);
}

CASE(not_bound, "kthread_create set_cpus_allowed_ptr PF_NO_SETAFFINITY")
{
	struct task_struct *task = kthread_create(returns_data, NULL, "free");
	int set = set_cpus_allowed_ptr(task, cpumask_of(0));

	answer("set_cpus_allowed=%d no_setaffinity=%d", set, !!(task->flags & PF_NO_SETAFFINITY));
	kthread_stop(task);
}

/* Parking. */
static atomic_t rounds;
static bool should_park_seen, should_stop_in_park;

static int parks(void *data)
{
	atomic_inc(&runs);
	complete(&begun);
	while (!kthread_should_stop()) {
		if (kthread_should_park()) {
			should_park_seen = true;
			kthread_parkme();
			atomic_inc(&rounds);
			should_stop_in_park = kthread_should_stop();
			continue;
		}
		set_current_state(TASK_INTERRUPTIBLE);
		if (!kthread_should_park() && !kthread_should_stop())
			schedule();
		__set_current_state(TASK_RUNNING);
	}
	return 11;
}

CASE(park, "kthread_park kthread_unpark kthread_parkme kthread_should_park TASK_PARKED wake_up_process kthread_stop")
{
	struct task_struct *task;
	int parked, woken;

	init_completion(&begun);
	atomic_set(&rounds, 0);
	should_park_seen = false;
	task = ask_thread(parks, NULL);
	if (!task)
		return;
	wait_for_completion(&begun);
	parked = kthread_park(task);
	answer("park=%d state=0x%x parked_state=0x%x seen=%d", parked, READ_ONCE(task->__state), TASK_PARKED,
	       should_park_seen);
	woken = wake_up_process(task);
	answer("wake_up_process=%d state=0x%x rounds=%d", woken, READ_ONCE(task->__state), atomic_read(&rounds));
	kthread_unpark(task);
	until(atomic_read(&rounds) == 1);
	kthread_unpark(task);
	until_state(task, TASK_INTERRUPTIBLE);
	answer("unparked rounds=%d", atomic_read(&rounds));
	parked = kthread_park(task);
	answer("again park=%d rounds=%d", parked, atomic_read(&rounds));
	answer("stop_of_parked=%d should_stop_in_park=%d rounds=%d", kthread_stop(task), should_stop_in_park,
	       atomic_read(&rounds));
}

CASE(park_before_run, "kthread_park kthread_unpark kthread_create TASK_PARKED kthread_stop")
{
	struct task_struct *task;
	int parked;

	init_completion(&begun);
	atomic_set(&runs, 0);
	task = kthread_create(parks, NULL, "parks");
	parked = kthread_park(task);
	answer("park=%d state=0x%x runs=%d", parked, READ_ONCE(task->__state), atomic_read(&runs));
	kthread_unpark(task);
	wait_for_completion(&begun);
	answer("unparked runs=%d", atomic_read(&runs));
	answer("stop=%d", kthread_stop(task));

	atomic_set(&runs, 0);
	task = kthread_create(parks, NULL, "parks");
	kthread_park(task);
	answer("stop_while_parked=%d runs=%d", kthread_stop(task), atomic_read(&runs));
}

/* A kernel warns of both, and goes on. */
WARNS(park_refused, "kthread_park ENOSYS EBUSY")
{
	struct task_struct *task = kthread_create(parks, NULL, "parks");
	int busy, none;

	kthread_park(task);
	busy = kthread_park(task);
	answer("parked=%d busy=%d", busy, busy == -EBUSY);
	kthread_stop(task);

	task = kthread_create(returns_data, NULL, "returns");
	get_task_struct(task);
	wake_up_process(task);
	until(READ_ONCE(task->__state) == TASK_DEAD);
	none = kthread_park(task);
	answer("ended=%d none=%d", none, none == -ENOSYS);
	kthread_stop(task);
	put_task_struct(task);
}

static int freezable(void *data)
{
	bool was_frozen = true;
	bool *told = data;

	*told = kthread_freezable_should_stop(&was_frozen) || was_frozen;
	complete(&begun);
	while (!kthread_freezable_should_stop(NULL))
		schedule_timeout_interruptible(MAX_SCHEDULE_TIMEOUT);
	return 5;
}

CASE(freezable, "kthread_freezable_should_stop kthread_stop")
{
	bool told = true;
	struct task_struct *task;

	init_completion(&begun);
	task = ask_thread(freezable, &told);
	if (!task)
		return;
	wait_for_completion(&begun);
	answer("stop_or_frozen=%d", told);
	answer("stop=%d", kthread_stop(task));
}

/* It ends from below its function. */
struct exit {
	struct completion *completed;
	long code;
};

static void deeper(struct exit *exit)
{
	kthread_complete_and_exit(exit->completed, exit->code);
}

static int exits(void *data)
{
	deeper(data);
	atomic_inc(&runs);
	return 99;
}

CASE(complete_and_exit, "kthread_complete_and_exit kthread_stop")
{
	static const long codes[] = { 0, 9, -3, 4294967301L, -2147483648L };
	int i, with;

	atomic_set(&runs, 0);
	for (i = 0; i < ARRAY_SIZE(codes); i++) {
		for (with = 0; with < 2; with++) {
			DECLARE_COMPLETION_ONSTACK(completed);
			struct exit exit = { with ? &completed : NULL, codes[i] };
			struct task_struct *task = kthread_create(exits, &exit, "exits");
			int stopped;

			get_task_struct(task);
			wake_up_process(task);
			if (with)
				wait_for_completion(&completed);
			until(READ_ONCE(task->__state) == TASK_DEAD);
			stopped = kthread_stop(task);
			answer("with=%d code=%ld stop=%d", with, codes[i], stopped);
			put_task_struct(task);
		}
	}
	answer("went_on=%d", atomic_read(&runs));
}

/* A fatal signal is pending when a thread is to be created. */
static struct task_struct *created;

static int creates_killed(void *data)
{
	allow_signal(SIGKILL);
	complete(&begun);
	until(signal_pending(current));
	created = kthread_create(returns_data, NULL, "created");
	complete(data);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

CASE(create_killed, "kthread_create IS_ERR PTR_ERR send_sig EINTR")
{
	DECLARE_COMPLETION_ONSTACK(ended);
	struct task_struct *task;
	bool either;

	init_completion(&begun);
	task = ask_thread(creates_killed, &ended);
	if (!task)
		return;
	wait_for_completion(&begun);
	send_sig(SIGKILL, task, 1);
	wait_for_completion(&ended);
	/* Who comes first, kthreadd or the signal, is not said. */
	either = !IS_ERR(created) || PTR_ERR(created) == -EINTR;
	answer("created_or_interrupted=%d", either);
	if (!IS_ERR(created))
		kthread_stop(created);
	kthread_stop(task);
}

OURS(stop_twice, "kthread_stop", "first=42 second=42")
{
	struct task_struct *task;
	int first, second;

	init_completion(&begun);
	task = kthread_run(until_stopped, (void *)42L, "twice");
	wait_for_completion(&begun);
	get_task_struct(task);
	first = kthread_stop(task);
	second = kthread_stop(task);
	put_task_struct(task);
	answer("first=%d second=%d", first, second);
}

ASK_MODULE(&case_created, &case_never_woken, &case_result, &case_returned_before, &case_should_stop,
	   &case_stop_ends_sleeps, &case_names, &case_data, &case_bound, &case_not_bound, &case_park, &case_park_before_run,
	   &case_park_refused, &case_freezable, &case_complete_and_exit, &case_create_killed, &case_stop_twice);

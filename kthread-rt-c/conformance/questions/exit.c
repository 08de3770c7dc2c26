// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * How threads end, and what is left of one that has ended while a reference is held. create_stop.c
 * has the results of stop.
 */
#include "ask.h"

static struct completion begun;
static atomic_t runs;

static struct task_struct *ended_task(int (*fn)(void *), void *data)
{
	struct task_struct *task = kthread_create(fn, data, "ended");

	if (IS_ERR(task)) {
		answer("no_thread=%ld", PTR_ERR(task));
		return NULL;
	}
	get_task_struct(task);
	wake_up_process(task);
	until(READ_ONCE(task->__state) == TASK_DEAD);
	return task;
}

static int returns_data(void *data)
{
	return (int)(long)data;
}

CASE(left, "EXIT_DEAD TASK_DEAD task_struct.exit_state task_struct.exit_code task_struct.__state PF_EXITING PF_KTHREAD"
	   " task_struct.comm task_struct.pid task_struct.tgid task_pid_nr task_struct.mm task_nice")
{
	struct task_struct *task = ended_task(returns_data, (void *)7L);

	if (!task)
		return;
	answer("state=0x%x exit_state=0x%x dead=0x%x exit_code=%d", READ_ONCE(task->__state), task->exit_state,
	       EXIT_DEAD, task->exit_code);
	answer("exiting=%d kthread=%d", !!(task->flags & PF_EXITING), !!(task->flags & PF_KTHREAD));
	answer("comm=[%s] has_pid=%d same_tgid=%d mm=%d nice=%d", task->comm, task_pid_nr(task) > 0,
	       task->pid == task->tgid, !!task->mm, task_nice(task));
	answer("stop=%d", kthread_stop(task));
	put_task_struct(task);
}

CASE(asked_when_dead, "kthread_data kthread_func wake_up_process send_sig signal_pending fatal_signal_pending set_user_nice"
		      " task_is_running kthread_unpark")
{
	struct task_struct *task = ended_task(returns_data, (void *)9L);
	int sent[4];

	if (!task)
		return;
	answer("data=%d func=%d running=%d", (int)(long)kthread_data(task), kthread_func(task) == returns_data,
	       task_is_running(task));
	answer("wake=%d", wake_up_process(task));
	sent[0] = send_sig(SIGTERM, task, 1);
	sent[1] = send_sig(SIGKILL, task, 1);
	sent[2] = send_sig(0, task, 1);
	sent[3] = send_sig(65, task, 1);
	answer("term=%d kill=%d none=%d bad=%d pending=%d fatal=%d", sent[0], sent[1], sent[2], sent[3],
	       signal_pending(task), fatal_signal_pending(task));
	set_user_nice(task, 5);
	answer("nice=%d", task_nice(task));
	kthread_unpark(task);
	answer("state=0x%x", READ_ONCE(task->__state));
	answer("stop=%d", kthread_stop(task));
	put_task_struct(task);
}

/* In which state it returns does not matter. */
static int returns_sleeping(void *data)
{
	set_current_state(TASK_UNINTERRUPTIBLE);
	return 31;
}

static int returns_with_signal(void *data)
{
	allow_signal(SIGKILL);
	send_sig(SIGKILL, current, 1);
	return 32;
}

static int returns_asked_to_park(void *data)
{
	kthread_park(current);
	return 33;
}

CASE(in_any_state, "kthread_stop set_current_state allow_signal send_sig kthread_park")
{
	static const struct {
		const char *name;
		int (*fn)(void *);
	} ends[] = {
		{ "sleeping", returns_sleeping },
		{ "signal", returns_with_signal },
		{ "park", returns_asked_to_park },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		struct task_struct *task = ended_task(ends[i].fn, NULL);

		if (!task)
			return;
		answer("how=%s exit_state=0x%x stop=%d", ends[i].name, task->exit_state, kthread_stop(task));
		put_task_struct(task);
	}
}

/* It begins to end when stop has asked already, and when it has not. */
static int waits_then_exits(void *data)
{
	complete(&begun);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(MAX_SCHEDULE_TIMEOUT);
	kthread_complete_and_exit(data, 12);
	atomic_inc(&runs);
	return 99;
}

CASE(exit_when_stopped, "kthread_complete_and_exit kthread_should_stop kthread_stop completion_done")
{
	DECLARE_COMPLETION_ONSTACK(completed);
	struct task_struct *task;
	int stopped;

	atomic_set(&runs, 0);
	init_completion(&begun);
	task = ask_thread(waits_then_exits, &completed);
	if (!task)
		return;
	wait_for_completion(&begun);
	stopped = kthread_stop(task);
	answer("stop=%d completed=%d went_on=%d", stopped, completion_done(&completed), atomic_read(&runs));
}

static int exits_counted(void *data)
{
	kthread_complete_and_exit(data, 0);
}

/* One completion for many: each counts. */
CASE(many, "kthread_complete_and_exit completion.done")
{
	DECLARE_COMPLETION_ONSTACK(completed);
	struct task_struct *tasks[5];
	int i, left = 0;

	for (i = 0; i < ARRAY_SIZE(tasks); i++) {
		tasks[i] = ended_task(exits_counted, &completed);
		if (!tasks[i])
			return;
	}
	answer("done=%u", completed.done);
	for (i = 0; i < ARRAY_SIZE(tasks); i++) {
		wait_for_completion(&completed);
		left += kthread_stop(tasks[i]);
		put_task_struct(tasks[i]);
	}
	answer("results=%d done=%u", left, completed.done);
}

/* Nobody stops it: it frees itself. */
CASE(not_stopped, "kthread_run kthread_complete_and_exit")
{
	DECLARE_COMPLETION_ONSTACK(completed);
	int i;

	for (i = 0; i < 10; i++)
		if (IS_ERR(kthread_run(exits_counted, &completed, "alone/%d", i)))
			complete(&completed);
	for (i = 0; i < 10; i++)
		wait_for_completion(&completed);
	answer("done=%u", completed.done);
}

static int puts_module(void *data)
{
	complete(&begun);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(MAX_SCHEDULE_TIMEOUT);
	module_put_and_kthread_exit(17);
	return 0;
}

CASE(module_put, "module_put_and_kthread_exit __module_get module_refcount THIS_MODULE")
{
	struct task_struct *task;
	int before = module_refcount(THIS_MODULE), got, stopped;

	init_completion(&begun);
	__module_get(THIS_MODULE);
	task = ask_thread(puts_module, NULL);
	if (!task)
		return;
	wait_for_completion(&begun);
	got = module_refcount(THIS_MODULE);
	stopped = kthread_stop(task);
	answer("got=%d stop=%d left=%d", got - before, stopped, module_refcount(THIS_MODULE) - before);
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
static void exits_below(void)
{
	kthread_exit(-6);
}

static int exits(void *data)
{
	exits_below();
	return 0;
}

CASE(kthread_exit, "kthread_exit kthread_stop_put")
{
	struct task_struct *task = ended_task(exits, NULL);

	if (task)
		answer("stop_put=%d", kthread_stop_put(task));
}
#else
CASE(kthread_exit, "kthread_exit kthread_stop_put")
{
}
#endif

ASK_MODULE(&case_left, &case_asked_when_dead, &case_in_any_state, &case_exit_when_stopped, &case_many, &case_not_stopped,
	   &case_module_put, &case_kthread_exit);

// SPDX-License-Identifier: MIT OR Apache-2.0
/* Scheduling: priorities and policies, cpus, and what wake-ups return for each state. */
#include "ask.h"
#include <linux/cpumask.h>
#include <linux/smp.h>
#include <uapi/linux/sched/types.h>

static struct completion begun, ended;

static int stays(void *data)
{
	complete(&begun);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(MAX_SCHEDULE_TIMEOUT);
	return 0;
}

static struct task_struct *begin(void)
{
	struct task_struct *task;

	init_completion(&begun);
	task = ask_thread(stays, NULL);
	if (task) {
		wait_for_completion(&begun);
		until_state(task, TASK_INTERRUPTIBLE);
	}
	return task;
}

static void tells(const char *what, struct task_struct *task)
{
	answer("%s nice=%d policy=%u prio=%d static=%d normal=%d rt=%u", what, task_nice(task), task->policy, task->prio,
	       task->static_prio, task->normal_prio, task->rt_priority);
}

CASE(nice, "set_user_nice task_nice task_struct.prio task_struct.static_prio task_struct.normal_prio")
{
	static const int nices[] = { 5, 19, -20, 0, 20, -21, 7 };
	struct task_struct *task = begin();
	int i;

	if (!task)
		return;
	for (i = 0; i < ARRAY_SIZE(nices); i++) {
		char what[20];

		set_user_nice(task, nices[i]);
		snprintf(what, sizeof(what), "set=%d", nices[i]);
		tells(what, task);
	}
	kthread_stop(task);
}

CASE(policy, "sched_set_fifo sched_set_fifo_low sched_set_normal set_user_nice task_struct.policy task_struct.rt_priority"
	     " SCHED_FIFO")
{
	struct task_struct *task = begin();

	if (!task)
		return;
	sched_set_fifo(task);
	tells("fifo", task);
	set_user_nice(task, 3);
	tells("nice_of_fifo", task);
	sched_set_fifo_low(task);
	tells("fifo_low", task);
	sched_set_normal(task, -4);
	tells("normal", task);
	sched_set_normal(task, 0);
	tells("normal_0", task);
	kthread_stop(task);
}

/* A thread does not get its creator's. */
static int creates(void *data)
{
	struct task_struct *child;

	sched_set_fifo(current);
	child = kthread_create(stays, NULL, "child");
	tells("child_of_fifo", child);
	kthread_stop(child);
	sched_set_normal(current, -6);
	child = kthread_create(stays, NULL, "child");
	tells("child_of_nice", child);
	kthread_stop(child);
	complete(&ended);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

CASE(not_inherited, "kthread_create sched_set_fifo sched_set_normal task_nice")
{
	struct task_struct *task;

	init_completion(&ended);
	task = ask_thread(creates, NULL);
	if (!task)
		return;
	wait_for_completion(&ended);
	kthread_stop(task);
}

static int cpu_seen;

static int tells_its_cpu(void *data)
{
	complete(&begun);
	while (!kthread_should_stop()) {
		cpu_seen = raw_smp_processor_id();
		complete(&ended);
		schedule_timeout_interruptible(MAX_SCHEDULE_TIMEOUT);
	}
	return 0;
}

CASE(cpus, "set_cpus_allowed_ptr kthread_bind cpumask_of cpumask_clear alloc_cpumask_var free_cpumask_var cpumask_var_t"
	   " raw_smp_processor_id")
{
	struct task_struct *task;
	cpumask_var_t mask;
	int none, one, all, bound;

	if (!alloc_cpumask_var(&mask, GFP_KERNEL))
		return;
	init_completion(&begun);
	init_completion(&ended);
	task = ask_thread(tells_its_cpu, NULL);
	if (!task)
		return;
	wait_for_completion(&begun);
	wait_for_completion(&ended);
	until_state(task, TASK_INTERRUPTIBLE);
	cpumask_clear(mask);
	none = set_cpus_allowed_ptr(task, mask);
	one = set_cpus_allowed_ptr(task, cpumask_of(0));
	cpu_seen = -1;
	wake_up_process(task);
	wait_for_completion(&ended);
	answer("none=%d one=%d runs_on=%d", none, one, cpu_seen);
	all = set_cpus_allowed_ptr(task, cpu_possible_mask);
	answer("all=%d no_setaffinity=%d", all, !!(task->flags & PF_NO_SETAFFINITY));
	kthread_stop(task);

	/* The kernel itself may move one that is bound. */
	task = kthread_create(stays, NULL, "bound");
	kthread_bind(task, 0);
	bound = set_cpus_allowed_ptr(task, cpu_possible_mask);
	answer("bound=%d no_setaffinity=%d", bound, !!(task->flags & PF_NO_SETAFFINITY));
	kthread_stop(task);
	free_cpumask_var(mask);
}

/* What wake_up_process() returns, and what it makes of the state. */
struct sleeper {
	unsigned int state;
	bool special;
};

static int sleeps(void *data)
{
	struct sleeper *sleeper = data;

	complete(&begun);
	if (sleeper->special)
		set_special_state(sleeper->state);
	else
		set_current_state(sleeper->state);
	schedule();
	complete(&ended);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

CASE(wake_sleeping, "wake_up_process set_current_state set_special_state TASK_INTERRUPTIBLE TASK_UNINTERRUPTIBLE"
		    " TASK_KILLABLE TASK_IDLE")
{
	static const unsigned int states[] = { TASK_INTERRUPTIBLE, TASK_UNINTERRUPTIBLE, TASK_KILLABLE, TASK_IDLE, TASK_NORMAL };
	int i;

	for (i = 0; i < ARRAY_SIZE(states); i++) {
		struct sleeper sleeper = { .state = states[i] };
		struct task_struct *task;
		int woken;

		init_completion(&begun);
		init_completion(&ended);
		task = ask_thread(sleeps, &sleeper);
		if (!task)
			return;
		wait_for_completion(&begun);
		until_state(task, states[i]);
		woken = wake_up_process(task);
		wait_for_completion(&ended);
		answer("state=0x%x woken=%d", states[i], woken);
		kthread_stop(task);
	}
}

static atomic_t turns;
static bool enough;

static int turns_round(void *data)
{
	while (!READ_ONCE(enough)) {
		atomic_inc(&turns);
		cond_resched();
	}
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

CASE(wake_others, "wake_up_process kthread_create TASK_RUNNING TASK_UNINTERRUPTIBLE cond_resched task_is_running"
		  " set_current_state")
{
	struct task_struct *task;
	int created, again, self, self_sleeping, self_special;
	unsigned int state;

	self = wake_up_process(current);
	set_current_state(TASK_INTERRUPTIBLE);
	self_sleeping = wake_up_process(current);
	state = READ_ONCE(current->__state);
	answer("self=%d about_to_sleep=%d state=0x%x", self, self_sleeping, state);
	set_current_state(TASK_UNINTERRUPTIBLE);
	self_special = wake_up_process(current);
	schedule();
	answer("uninterruptible=%d state=0x%x", self_special, READ_ONCE(current->__state));
	enough = false;
	atomic_set(&turns, 0);
	task = kthread_create(turns_round, NULL, "turns");
	if (IS_ERR(task))
		return;
	created = wake_up_process(task);
	until(atomic_read(&turns) > 0);
	again = wake_up_process(task);
	answer("created=%d running=%d is_running=%d", created, again, task_is_running(task));
	WRITE_ONCE(enough, true);
	kthread_stop(task);
}

CASE(states, "set_current_state __set_current_state task_is_running get_current_state current schedule")
{
	set_current_state(TASK_INTERRUPTIBLE);
	answer("set=0x%x running=%d get=0x%x", READ_ONCE(current->__state), task_is_running(current), get_current_state());
	__set_current_state(TASK_RUNNING);
	answer("set=0x%x running=%d", READ_ONCE(current->__state), task_is_running(current));
	schedule();
	answer("scheduled=0x%x", READ_ONCE(current->__state));
}

CASE(yields, "yield cond_resched schedule might_sleep TASK_RUNNING")
{
	int resched;

	__set_current_state(TASK_RUNNING);
	yield();
	resched = cond_resched();
	might_sleep();
	answer("yes_or_no=%d state=0x%x", resched == 0 || resched == 1, READ_ONCE(current->__state));
}

/* No kernel exports these to modules. */
OURS(wake_up_state, "wake_up_state", "other=0 its=1")
{
#if ASK_OF_OURS
	struct task_struct *task = begin();
	int other, its;

	if (!task)
		return;
	other = wake_up_state(task, TASK_UNINTERRUPTIBLE);
	its = wake_up_state(task, TASK_INTERRUPTIBLE);
	answer("other=%d its=%d", other, its);
	kthread_stop(task);
#endif
}

OURS(wait_task_inactive, "wait_task_inactive", "other=0 its=1")
{
#if ASK_OF_OURS
	struct task_struct *task = begin();
	unsigned long other, its;

	if (!task)
		return;
	other = wait_task_inactive(task, TASK_UNINTERRUPTIBLE);
	its = wait_task_inactive(task, TASK_INTERRUPTIBLE);
	answer("other=%d its=%d", !!other, !!its);
	kthread_stop(task);
#endif
}

OURS(setscheduler, "sched_setscheduler sched_setscheduler_nocheck sched_param SCHED_FIFO SCHED_RR",
     "fifo=0 policy=1 rt=30\nrr=0 policy=2 rt=1\nbad=-22,-22,-22,-22 policy=2 rt=1\nnormal=0 policy=0 rt=0")
{
#if ASK_OF_OURS
	struct task_struct *task = begin();
	struct sched_param param = { .sched_priority = 30 };
	int set[4];

	if (!task)
		return;
	set[0] = sched_setscheduler(task, SCHED_FIFO, &param);
	answer("fifo=%d policy=%u rt=%u", set[0], task->policy, task->rt_priority);
	param.sched_priority = 1;
	set[0] = sched_setscheduler_nocheck(task, SCHED_RR, &param);
	answer("rr=%d policy=%u rt=%u", set[0], task->policy, task->rt_priority);
	param.sched_priority = 0;
	set[0] = sched_setscheduler(task, SCHED_FIFO, &param);
	param.sched_priority = 100;
	set[1] = sched_setscheduler(task, SCHED_FIFO, &param);
	param.sched_priority = 1;
	set[2] = sched_setscheduler(task, SCHED_NORMAL, &param);
	set[3] = sched_setscheduler(task, 77, &param);
	answer("bad=%d,%d,%d,%d policy=%u rt=%u", set[0], set[1], set[2], set[3], task->policy, task->rt_priority);
	param.sched_priority = 0;
	set[0] = sched_setscheduler(task, SCHED_NORMAL, &param);
	answer("normal=%d policy=%u rt=%u", set[0], task->policy, task->rt_priority);
	kthread_stop(task);
#endif
}

ASK_MODULE(&case_nice, &case_policy, &case_not_inherited, &case_cpus, &case_wake_sleeping, &case_wake_others, &case_states,
	   &case_yields, &case_wake_up_state, &case_wait_task_inactive, &case_setscheduler);

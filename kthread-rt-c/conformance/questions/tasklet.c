// SPDX-License-Identifier: MIT OR Apache-2.0
/* Tasklets: how often they run, who keeps them from it, and in which order. */
#include "ask.h"
#include <linux/interrupt.h>
#include <linux/preempt.h>

struct asked {
	struct tasklet_struct tasklet;
	struct completion ran;
	int runs;
	int turn;
	int repeat;
};

static int turns;
static int seen_sched, seen_run, seen_softirq, seen_task, seen_disabled, seen_hardirq;

static void counts(struct tasklet_struct *tasklet)
{
	struct asked *asked = from_tasklet(asked, tasklet, tasklet);

	asked->runs++;
	asked->turn = ++turns;
	seen_sched = test_bit(TASKLET_STATE_SCHED, &tasklet->state);
	seen_run = test_bit(TASKLET_STATE_RUN, &tasklet->state);
	seen_softirq = !!in_softirq() && !!in_serving_softirq();
	seen_task = in_task();
	seen_hardirq = !!in_hardirq();
	seen_disabled = irqs_disabled();
	if (asked->repeat-- > 0)
		tasklet_schedule(tasklet);
	else
		complete(&asked->ran);
}

static void set_up(struct asked *asked)
{
	tasklet_setup(&asked->tasklet, counts);
	init_completion(&asked->ran);
	asked->runs = 0;
	asked->turn = 0;
	asked->repeat = 0;
}

static struct asked one, others[4];

CASE(runs, "tasklet_struct tasklet_setup tasklet_schedule tasklet_kill tasklet_struct.state tasklet_struct.count TASKLET_STATE_SCHED"
	   " from_tasklet")
{
	set_up(&one);
	answer("fresh state=%lu count=%d", one.tasklet.state, atomic_read(&one.tasklet.count));
	tasklet_schedule(&one.tasklet);
	wait_for_completion(&one.ran);
	tasklet_kill(&one.tasklet);
	answer("runs=%d state=%lu count=%d", one.runs, one.tasklet.state, atomic_read(&one.tasklet.count));
	answer("inside sched=%d softirq=%d task=%d hardirq=%d irqs_disabled=%d", seen_sched, seen_softirq, seen_task, seen_hardirq,
	       seen_disabled);
	tasklet_schedule(&one.tasklet);
	wait_for_completion(&one.ran);
	answer("after_kill runs=%d", one.runs);
	one.repeat = 3;
	tasklet_hi_schedule(&one.tasklet);
	wait_for_completion(&one.ran);
	tasklet_kill(&one.tasklet);
	answer("repeated runs=%d", one.runs);
}

/* As often as it is disabled, it has to be enabled; what was scheduled meanwhile runs once. */
CASE(disabled, "tasklet_disable tasklet_disable_nosync tasklet_disable_in_atomic tasklet_enable tasklet_schedule tasklet_hi_schedule"
	       " tasklet_struct.count tasklet_struct.state tasklet_kill")
{
	set_up(&one);
	tasklet_disable(&one.tasklet);
	tasklet_disable_nosync(&one.tasklet);
	answer("count=%d", atomic_read(&one.tasklet.count));
	tasklet_schedule(&one.tasklet);
	tasklet_schedule(&one.tasklet);
	answer("scheduled sched=%d runs=%d", test_bit(TASKLET_STATE_SCHED, &one.tasklet.state), one.runs);
	tasklet_enable(&one.tasklet);
	answer("enabled count=%d runs=%d", atomic_read(&one.tasklet.count), one.runs);
	tasklet_enable(&one.tasklet);
	wait_for_completion(&one.ran);
	tasklet_kill(&one.tasklet);
	answer("enabled count=%d runs=%d sched=%d", atomic_read(&one.tasklet.count), one.runs,
	       test_bit(TASKLET_STATE_SCHED, &one.tasklet.state));
	tasklet_disable_in_atomic(&one.tasklet);
	answer("in_atomic count=%d", atomic_read(&one.tasklet.count));
	tasklet_enable(&one.tasklet);
}

static DECLARE_TASKLET(declared, counts);
static DECLARE_TASKLET_DISABLED(declared_disabled, counts);

static unsigned long old_data;
static struct completion old_ran;

static void old_function(unsigned long data)
{
	old_data = data;
	complete(&old_ran);
}

static DECLARE_TASKLET_OLD(declared_old, old_function);

CASE(declared, "DECLARE_TASKLET DECLARE_TASKLET_DISABLED DECLARE_TASKLET_OLD tasklet_init tasklet_struct.count tasklet_struct.data")
{
	struct tasklet_struct old;

	answer("state=%lu count=%d", declared.state, atomic_read(&declared.count));
	answer("disabled state=%lu count=%d", declared_disabled.state, atomic_read(&declared_disabled.count));
	init_completion(&old_ran);
	tasklet_init(&old, old_function, 42);
	answer("init state=%lu count=%d data=%lu", old.state, atomic_read(&old.count), old.data);
	tasklet_schedule(&old);
	wait_for_completion(&old_ran);
	tasklet_kill(&old);
	answer("data=%lu", old_data);
	tasklet_schedule(&declared_old);
	wait_for_completion(&old_ran);
	tasklet_kill(&declared_old);
	answer("declared_old data=%lu", old_data);
}

/*
 * Who schedules from a tasklet schedules for later: the urgent first, then first come, first
 * served.
 */
static const int (*plan)[2];
static int planned;

static void schedules(struct tasklet_struct *tasklet)
{
	int i;

	for (i = 0; i < planned; i++) {
		if (plan[i][1])
			tasklet_hi_schedule(&others[plan[i][0]].tasklet);
		else
			tasklet_schedule(&others[plan[i][0]].tasklet);
	}
	complete(&one.ran);
}

static void in_order(const char *what, const int (*of)[2], int count)
{
	int i;

	set_up(&one);
	tasklet_setup(&one.tasklet, schedules);
	plan = of;
	planned = count;
	turns = 0;
	for (i = 0; i < 4; i++)
		set_up(&others[i]);
	tasklet_schedule(&one.tasklet);
	for (i = 0; i < 4; i++)
		wait_for_completion(&others[i].ran);
	wait_for_completion(&one.ran);
	tasklet_kill(&one.tasklet);
	for (i = 0; i < 4; i++)
		tasklet_kill(&others[i].tasklet);
	answer("%s turns=%d,%d,%d,%d runs=%d,%d,%d,%d", what, others[0].turn, others[1].turn, others[2].turn, others[3].turn,
	       others[0].runs, others[1].runs, others[2].runs, others[3].runs);
}

CASE(order, "tasklet_schedule tasklet_hi_schedule")
{
	static const int plain[][2] = { { 0, 0 }, { 1, 0 }, { 2, 0 }, { 3, 0 } };
	static const int urgent[][2] = { { 0, 0 }, { 1, 1 }, { 2, 0 }, { 3, 1 } };
	static const int twice[][2] = { { 3, 0 }, { 0, 0 }, { 3, 0 }, { 1, 0 }, { 2, 0 }, { 0, 1 } };

	in_order("plain", plain, 4);
	in_order("urgent", urgent, 4);
	in_order("twice", twice, 6);
}

/* On another cpu than who asks. */
static atomic_t go_on;
static struct completion under_way;
static bool ended;

static void stays(struct tasklet_struct *tasklet)
{
	complete(&under_way);
	while (!atomic_read(&go_on))
		cpu_relax();
	WRITE_ONCE(ended, true);
}

static void takes_ticks(struct tasklet_struct *tasklet)
{
	unsigned long until = jiffies + 5;

	complete(&under_way);
	while (time_before(jiffies, until))
		cpu_relax();
	WRITE_ONCE(ended, true);
}

static int schedules_there(void *data)
{
	tasklet_schedule(&one.tasklet);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(MAX_SCHEDULE_TIMEOUT);
	return 0;
}

static struct task_struct *schedule_there(void (*function)(struct tasklet_struct *tasklet))
{
	struct task_struct *task;

	set_up(&one);
	tasklet_setup(&one.tasklet, function);
	init_completion(&under_way);
	atomic_set(&go_on, 0);
	WRITE_ONCE(ended, false);
	task = kthread_create(schedules_there, NULL, "schedules");
	kthread_bind(task, cpumask_last(cpu_online_mask));
	wake_up_process(task);
	wait_for_completion(&under_way);
	return task;
}

CASE(running, "tasklet_schedule tasklet_kill tasklet_disable TASKLET_STATE_RUN TASKLET_STATE_SCHED tasklet_unlock_wait")
{
	struct task_struct *task;
	int sched, run, again;

	set_cpus_allowed_ptr(current, cpumask_of(0));
	task = schedule_there(stays);
	sched = test_bit(TASKLET_STATE_SCHED, &one.tasklet.state);
	run = test_bit(TASKLET_STATE_RUN, &one.tasklet.state);
	tasklet_schedule(&one.tasklet);
	again = test_bit(TASKLET_STATE_SCHED, &one.tasklet.state);
	atomic_set(&go_on, 1);
	wait_for_completion(&under_way);
	tasklet_kill(&one.tasklet);
	answer("sched=%d again=%d", sched, again);
	answer("run=%d", run);
	kthread_stop(task);
	task = schedule_there(takes_ticks);
	tasklet_disable(&one.tasklet);
	answer("disable waited=%d", READ_ONCE(ended));
	tasklet_enable(&one.tasklet);
	kthread_stop(task);
	task = schedule_there(takes_ticks);
	tasklet_kill(&one.tasklet);
	answer("kill waited=%d", READ_ONCE(ended));
	kthread_stop(task);
	task = schedule_there(takes_ticks);
	tasklet_unlock_wait(&one.tasklet);
	answer("unlock_wait waited=%d", READ_ONCE(ended));
	tasklet_kill(&one.tasklet);
	kthread_stop(task);
	set_cpus_allowed_ptr(current, cpu_possible_mask);
}

ASK_MODULE(&case_runs, &case_disabled, &case_declared, &case_order, &case_running);

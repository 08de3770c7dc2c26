// SPDX-License-Identifier: MIT OR Apache-2.0
/* The fields of task_struct that many modules read, in each stage of a thread's life. */
#include "ask.h"
#include <linux/rcupdate.h>

static struct completion begun;

static void tells(const char *stage, struct task_struct *task)
{
	answer("stage=%s state=0x%x exit_state=0x%x exit_code=%d kthread=%d nofreeze=%d no_setaffinity=%d exiting=%d noexec=%d"
	       " wq_worker=%d idle=%d",
	       stage, READ_ONCE(task->__state), task->exit_state, task->exit_code, !!(task->flags & PF_KTHREAD),
	       !!(task->flags & PF_NOFREEZE), !!(task->flags & PF_NO_SETAFFINITY), !!(task->flags & PF_EXITING),
	       !!(task->flags & PF_FORKNOEXEC), !!(task->flags & PF_WQ_WORKER), !!(task->flags & PF_IDLE));
	answer("stage=%s prio=%d static=%d normal=%d rt=%u policy=%u mm=%d comm=[%s] group=%d tgid=%d running=%d", stage,
	       task->prio, task->static_prio, task->normal_prio, task->rt_priority, task->policy, !!task->mm, task->comm,
	       task->group_leader == task, task->tgid == task->pid, task_is_running(task));
}

static int lives(void *data)
{
	tells("running", current);
	complete(&begun);
	while (!kthread_should_stop()) {
		kthread_parkme();
		set_current_state(TASK_INTERRUPTIBLE);
		if (!kthread_should_stop() && !kthread_should_park())
			schedule();
		__set_current_state(TASK_RUNNING);
	}
	return 23;
}

CASE(stages, "task_struct task_struct.__state task_struct.exit_state task_struct.exit_code task_struct.flags task_struct.prio"
	     " task_struct.static_prio task_struct.normal_prio task_struct.rt_priority task_struct.policy task_struct.mm"
	     " task_struct.comm task_struct.group_leader task_struct.tgid task_struct.pid PF_KTHREAD PF_NOFREEZE"
	     " PF_NO_SETAFFINITY"
	     " PF_EXITING PF_FORKNOEXEC PF_WQ_WORKER PF_IDLE task_is_running TASK_PARKED TASK_DEAD EXIT_DEAD")
{
	struct task_struct *task = kthread_create(lives, NULL, "lives");

	if (IS_ERR(task))
		return;
	init_completion(&begun);
	get_task_struct(task);
	tells("created", task);
	wake_up_process(task);
	wait_for_completion(&begun);
	until_state(task, TASK_INTERRUPTIBLE);
	tells("sleeping", task);
	kthread_park(task);
	tells("parked", task);
	kthread_unpark(task);
	kthread_stop(task);
	until(READ_ONCE(task->__state) == TASK_DEAD);
	tells("dead", task);
	put_task_struct(task);
}

static int ends_at_once(void *data)
{
	return 0;
}

CASE(family, "task_struct.parent task_struct.real_parent task_struct.group_leader task_struct.exit_signal thread_group_leader"
	     " task_ppid_nr task_struct.comm")
{
	struct task_struct *task = kthread_create(ends_at_once, NULL, "child");

	if (IS_ERR(task))
		return;
	answer("parent=[%s] same=%d ppid=%d leader=%d exit_signal=%d", task->parent->comm, task->parent == task->real_parent,
	       task_ppid_nr(task), thread_group_leader(task), task->exit_signal);
	answer("parent_of_parent=%d parent_is_kthread=%d", task->parent->real_parent->pid, !!(task->parent->flags & PF_KTHREAD));
	kthread_stop(task);
}

CASE(loader, "current task_struct.flags task_struct.mm PF_KTHREAD task_struct.pid task_struct.tgid thread_group_leader")
{
	answer("kthread=%d mm=%d leader=%d tgid=%d state=0x%x", !!(current->flags & PF_KTHREAD), !!current->mm,
	       thread_group_leader(current), current->tgid == current->pid, READ_ONCE(current->__state));
}

/* Walks over all tasks. */
static int count(struct task_struct *task, int *threads)
{
	struct task_struct *one, *thread;
	int found = 0;

	*threads = 0;
	rcu_read_lock();
	for_each_process(one)
		found += one == task;
	for_each_process(one)
		for_each_thread(one, thread)
			*threads += thread == task;
	rcu_read_unlock();
	return found;
}

static int stays(void *data)
{
	complete(&begun);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(MAX_SCHEDULE_TIMEOUT);
	return 0;
}

CASE(walk, "for_each_process for_each_thread rcu_read_lock rcu_read_unlock")
{
	struct task_struct *task = kthread_create(stays, NULL, "walked");
	struct task_struct *one;
	int found[4], threads[4], zero = 0, one_of = 0, ordered = 1;
	pid_t last = 0;

	if (IS_ERR(task))
		return;
	init_completion(&begun);
	get_task_struct(task);
	found[0] = count(task, &threads[0]);
	wake_up_process(task);
	wait_for_completion(&begun);
	found[1] = count(task, &threads[1]);
	kthread_stop(task);
	until(READ_ONCE(task->__state) == TASK_DEAD);
	found[2] = count(task, &threads[2]);
	rcu_read_lock();
	for_each_process(one) {
		zero += one->pid == 0;
		one_of += one->pid == 1;
		ordered &= one->pid > last;
		last = one->pid;
	}
	rcu_read_unlock();
	answer("created=%d,%d alive=%d,%d dead=%d,%d", found[0], threads[0], found[1], threads[1], found[2], threads[2]);
	answer("idle=%d init=%d by_pid=%d current=%d", zero, one_of, ordered, count(current, &threads[3]));
	put_task_struct(task);
}

CASE(letters, "task_state_to_char TASK_INTERRUPTIBLE TASK_UNINTERRUPTIBLE TASK_IDLE TASK_KILLABLE")
{
	static const unsigned int states[] = { TASK_RUNNING, TASK_INTERRUPTIBLE, TASK_UNINTERRUPTIBLE, TASK_KILLABLE, TASK_IDLE };
	char letters[sizeof(states) / sizeof(states[0]) + 1] = "";
	int i;

	for (i = 0; i < ARRAY_SIZE(states); i++) {
		set_current_state(states[i]);
		letters[i] = task_state_to_char(current);
		__set_current_state(TASK_RUNNING);
	}
	answer("letters=%s", letters);
}

CASE(constants, "TASK_RUNNING TASK_INTERRUPTIBLE TASK_UNINTERRUPTIBLE __TASK_STOPPED __TASK_TRACED EXIT_DEAD EXIT_ZOMBIE"
		" TASK_PARKED"
		" TASK_DEAD TASK_WAKEKILL TASK_NOLOAD TASK_FREEZABLE TASK_FROZEN TASK_KILLABLE TASK_STOPPED TASK_TRACED TASK_IDLE"
		" TASK_NORMAL PF_KTHREAD PF_EXITING PF_NOFREEZE PF_NO_SETAFFINITY PF_WQ_WORKER SCHED_FIFO SCHED_RR TASK_COMM_LEN"
		" MAX_SCHEDULE_TIMEOUT")
{
	answer("running=0x%x interruptible=0x%x uninterruptible=0x%x stopped_=0x%x traced_=0x%x dead_=0x%x zombie=0x%x",
	       TASK_RUNNING,
	       TASK_INTERRUPTIBLE, TASK_UNINTERRUPTIBLE, __TASK_STOPPED, __TASK_TRACED, EXIT_DEAD, EXIT_ZOMBIE);
	answer("parked=0x%x dead=0x%x wakekill=0x%x noload=0x%x freezable=0x%x frozen=0x%x", TASK_PARKED, TASK_DEAD,
	       TASK_WAKEKILL,
	       TASK_NOLOAD, TASK_FREEZABLE, TASK_FROZEN);
	answer("killable=0x%x stopped=0x%x traced=0x%x idle=0x%x normal=0x%x", TASK_KILLABLE, TASK_STOPPED, TASK_TRACED,
	       TASK_IDLE,
	       TASK_NORMAL);
	answer("flags kthread=0x%x exiting=0x%x nofreeze=0x%x no_setaffinity=0x%x wq_worker=0x%x", PF_KTHREAD, PF_EXITING,
	       PF_NOFREEZE,
	       PF_NO_SETAFFINITY, PF_WQ_WORKER);
	answer("fifo=%d rr=%d normal=%d batch=%d idle=%d deadline=%d comm=%d max_is_long_max=%d", SCHED_FIFO, SCHED_RR,
	       SCHED_NORMAL,
	       SCHED_BATCH, SCHED_IDLE, SCHED_DEADLINE, TASK_COMM_LEN, MAX_SCHEDULE_TIMEOUT == LONG_MAX);
}

ASK_MODULE(&case_stages, &case_family, &case_loader, &case_walk, &case_letters, &case_constants);

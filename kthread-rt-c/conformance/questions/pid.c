// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * struct pid: finding it, the task behind it, its number, and what is left of it when the task has
 * ended.
 */
#include "ask.h"
#include <linux/pid.h>
#include <linux/rcupdate.h>

static struct completion begun;

static int stays(void *data)
{
	complete(&begun);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(MAX_SCHEDULE_TIMEOUT);
	return 3;
}

static struct task_struct *begin(void)
{
	struct task_struct *task;

	init_completion(&begun);
	task = ask_thread(stays, NULL);
	if (task)
		wait_for_completion(&begun);
	return task;
}

CASE(alive, "find_get_pid find_vpid get_task_pid task_pid pid_task get_pid_task pid_nr pid_vnr put_pid get_pid PIDTYPE_PID"
	    " PIDTYPE_TGID"
	    " task_pid_nr task_tgid_nr pid pid.level pid.numbers upid.nr rcu_read_lock rcu_read_unlock")
{
	struct task_struct *task = begin();
	struct task_struct *found, *got;
	struct pid *pid, *by_number, *by_group;
	bool same_task, same_group, same_vpid;

	if (!task)
		return;
	pid = get_task_pid(task, PIDTYPE_PID);
	by_group = get_task_pid(task, PIDTYPE_TGID);
	by_number = find_get_pid(task->pid);
	rcu_read_lock();
	found = pid_task(pid, PIDTYPE_PID);
	same_task = found == task;
	same_group = pid_task(pid, PIDTYPE_TGID) == task;
	same_vpid = find_vpid(task->pid) == pid;
	rcu_read_unlock();
	got = get_pid_task(pid, PIDTYPE_PID);
	answer("task=%d group=%d got=%d vpid=%d by_number=%d by_group=%d task_pid=%d", same_task, same_group, got == task,
	       same_vpid,
	       by_number == pid, by_group == pid, task_pid(task) == pid);
	answer("nr=%d vnr=%d task_nr=%d tgid=%d level=%u numbers=%d", pid_nr(pid) == task->pid, pid_vnr(pid) == task->pid,
	       task_pid_nr(task) == task->pid, task_tgid_nr(task) == task->pid, pid->level, pid->numbers[0].nr == task->pid);
	if (got)
		put_task_struct(got);
	put_pid(by_number);
	put_pid(by_group);
	put_pid(get_pid(pid));
	put_pid(pid);
	kthread_stop(task);
}

CASE(dead, "find_get_pid pid_task get_pid_task pid_nr get_task_pid task_pid_nr put_pid kill_pid")
{
	struct task_struct *task = begin();
	struct task_struct *got;
	struct pid *pid, *again;
	bool gone;
	int stopped, killed;

	if (!task)
		return;
	get_task_struct(task);
	pid = get_task_pid(task, PIDTYPE_PID);
	stopped = kthread_stop(task);
	until(READ_ONCE(task->__state) == TASK_DEAD);
	rcu_read_lock();
	gone = !pid_task(pid, PIDTYPE_PID);
	rcu_read_unlock();
	got = get_pid_task(pid, PIDTYPE_PID);
	again = find_get_pid(task->pid);
	killed = kill_pid(pid, SIGTERM, 1);
	answer("stop=%d gone=%d got=%d found=%d killed=%d", stopped, gone, !!got, !!again, killed);
	answer("nr_kept=%d task_nr_kept=%d", pid_nr(pid) == task->pid, task_pid_nr(task) == task->pid);
	put_pid(again);
	put_pid(pid);
	put_task_struct(task);
}

CASE(dead_task_pid, "task_pid get_task_pid")
{
	struct task_struct *task = begin();
	struct pid *pid;

	if (!task)
		return;
	get_task_struct(task);
	kthread_stop(task);
	until(READ_ONCE(task->__state) == TASK_DEAD);
	pid = get_task_pid(task, PIDTYPE_PID);
	answer("task_pid=%d get_task_pid=%d", !!task_pid(task), !!pid);
	put_pid(pid);
	put_task_struct(task);
}

CASE(none, "find_vpid find_get_pid pid_task get_pid_task pid_nr pid_vnr put_pid get_pid find_pid_ns init_pid_ns")
{
	struct pid *zero, *negative, *far;

	rcu_read_lock();
	negative = find_vpid(-1);
	far = find_vpid(0x3ffffff);
	rcu_read_unlock();
	answer("negative=%d far=%d far_get=%d", !!negative, !!far, !!find_get_pid(0x3ffffff));
	rcu_read_lock();
	zero = find_vpid(0);
	rcu_read_unlock();
	answer("zero=%d", !!zero);
	rcu_read_lock();
	answer("pid_task=%d ns=%d", !!pid_task(NULL, PIDTYPE_PID), !!find_pid_ns(0x3ffffff, &init_pid_ns));
	rcu_read_unlock();
	answer("get_pid_task=%d nr=%d vnr=%d get=%d", !!get_pid_task(NULL, PIDTYPE_PID), pid_nr(NULL), pid_vnr(NULL),
	       !!get_pid(NULL));
	put_pid(NULL);
}

CASE(first, "find_vpid pid_task task_struct.comm pid_nr init_pid_ns find_pid_ns pid_alive")
{
	struct task_struct *init, *kthreadd;

	rcu_read_lock();
	init = pid_task(find_vpid(1), PIDTYPE_PID);
	kthreadd = pid_task(find_pid_ns(2, &init_pid_ns), PIDTYPE_PID);
	answer("init=%d kthread=%d kthreadd=[%s] alive=%d", !!init, init ? !!(init->flags & PF_KTHREAD) : -1,
	       kthreadd ? kthreadd->comm : "", kthreadd && pid_alive(kthreadd));
	rcu_read_unlock();
}

CASE(alive_or_not, "pid_alive task_pid_vnr task_tgid_vnr task_pid_nr_ns task_tgid_nr_ns __task_pid_nr_ns init_pid_ns")
{
	struct task_struct *task = begin();
	int alive;

	if (!task)
		return;
	get_task_struct(task);
	alive = pid_alive(task);
	answer("alive=%d vnr=%d tgid_vnr=%d ns=%d tgid_ns=%d any=%d", alive, task_pid_vnr(task) == task->pid,
	       task_tgid_vnr(task) == task->pid, task_pid_nr_ns(task, &init_pid_ns) == task->pid,
	       task_tgid_nr_ns(task, &init_pid_ns) == task->pid, __task_pid_nr_ns(task, PIDTYPE_PID, &init_pid_ns) == task->pid);
	kthread_stop(task);
	until(READ_ONCE(task->__state) == TASK_DEAD);
	answer("dead alive=%d vnr=%d tgid_vnr=%d", pid_alive(task), !!task_pid_vnr(task), !!task_tgid_vnr(task));
	put_task_struct(task);
}

/* A thread that nobody stops, and of which only the number is left. */
static int ends(void *data)
{
	*(pid_t *)data = current->pid;
	complete(&begun);
	return 0;
}

CASE(gone, "find_get_pid find_vpid task_struct.pid")
{
	struct task_struct *task;
	struct pid *pid;
	pid_t number = 0;

	init_completion(&begun);
	task = kthread_create(ends, &number, "ends");
	if (IS_ERR(task))
		return;
	get_task_struct(task);
	wake_up_process(task);
	wait_for_completion(&begun);
	until(READ_ONCE(task->__state) == TASK_DEAD);
	put_task_struct(task);
	pid = find_get_pid(number);
	answer("found=%d", !!pid);
	put_pid(pid);
}

ASK_MODULE(&case_alive, &case_dead, &case_dead_task_pid, &case_none, &case_first, &case_alive_or_not, &case_gone);

// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * The fields of task_struct that fewer modules read: cpus, lists, times, counts, signals and
 * credentials.
 */
#include "ask.h"
#include <linux/cpumask.h>
#include <linux/cred.h>
#include <linux/fs_struct.h>
#include <linux/nsproxy.h>
#include <linux/pid.h>
#include <linux/refcount.h>
#include <linux/sched/task_stack.h>
#include <linux/smp.h>

static struct completion begun;

static int stays(void *data)
{
	complete(&begun);
	while (!kthread_should_stop()) {
		kthread_parkme();
		set_current_state(TASK_INTERRUPTIBLE);
		if (!kthread_should_stop() && !kthread_should_park())
			schedule();
		__set_current_state(TASK_RUNNING);
	}
	return 0;
}

static struct task_struct *begin(void)
{
	struct task_struct *task;

	init_completion(&begun);
	task = ask_thread(stays, NULL);
	if (!task)
		return NULL;
	get_task_struct(task);
	wait_for_completion(&begun);
	until_state(task, TASK_INTERRUPTIBLE);
	return task;
}

static void end(struct task_struct *task)
{
	kthread_stop(task);
	put_task_struct(task);
}

CASE(on_cpu, "task_struct.on_rq task_struct.on_cpu task_cpu")
{
	struct task_struct *created = kthread_create(stays, NULL, "created");
	struct task_struct *task = begin();

	if (!task || IS_ERR(created))
		return;
	answer("self on_rq=%d on_cpu=%d", current->on_rq, current->on_cpu);
	answer("created on_rq=%d on_cpu=%d", created->on_rq, created->on_cpu);
	until(!READ_ONCE(task->on_rq));
	until(!READ_ONCE(task->on_cpu));
	answer("sleeping on_rq=%d on_cpu=%d a_cpu=%d", task->on_rq, task->on_cpu, cpu_online(task_cpu(task)));
	kthread_park(task);
	until(!READ_ONCE(task->on_rq));
	answer("parked on_rq=%d on_cpu=%d", task->on_rq, task->on_cpu);
	kthread_unpark(task);
	kthread_stop(task);
	until(!READ_ONCE(task->on_rq));
	until(!READ_ONCE(task->on_cpu));
	answer("dead on_rq=%d on_cpu=%d", task->on_rq, task->on_cpu);
	put_task_struct(task);
	kthread_stop(created);
}

CASE(cpus, "task_struct.cpus_ptr task_struct.cpus_mask task_struct.nr_cpus_allowed kthread_bind set_cpus_allowed_ptr"
	   " cpumask_equal"
	   " cpumask_weight cpumask_of cpu_possible_mask")
{
	struct task_struct *task = kthread_create(stays, NULL, "cpus");
	int set;

	if (IS_ERR(task))
		return;
	answer("created all=%d nr_is_all=%d points_to_mask=%d", cpumask_equal(task->cpus_ptr, cpu_possible_mask),
	       task->nr_cpus_allowed == num_possible_cpus(), task->cpus_ptr == &task->cpus_mask);
	kthread_bind(task, 0);
	answer("bound cpu_0=%d weight=%u nr=%d", cpumask_equal(task->cpus_ptr, cpumask_of(0)), cpumask_weight(task->cpus_ptr),
	       task->nr_cpus_allowed);
	kthread_stop(task);
	task = begin();
	if (!task)
		return;
	set = set_cpus_allowed_ptr(task, cpumask_of(0));
	answer("set=%d cpu_0=%d nr=%d", set, cpumask_equal(task->cpus_ptr, cpumask_of(0)), task->nr_cpus_allowed);
	end(task);
}

CASE(lists, "task_struct.tasks task_struct.children task_struct.sibling task_struct.thread_pid task_struct.usage"
	    " refcount_read list_empty next_task")
{
	struct task_struct *task = begin();

	if (!task)
		return;
	answer("tasks=%d children=%d sibling=%d", !list_empty(&task->tasks), !list_empty(&task->children),
	       !list_empty(&task->sibling));
	answer("next=%d thread_pid=%d usage_more_than_1=%d", next_task(task) != task, task->thread_pid == task_pid(task),
	       refcount_read(&task->usage) > 1);
	kthread_stop(task);
	until(READ_ONCE(task->__state) == TASK_DEAD);
	answer("dead thread_pid=%d", !!task->thread_pid);
	put_task_struct(task);
}

CASE(times, "task_struct.start_time task_struct.start_boottime task_struct.nvcsw task_struct.utime"
	    " task_struct.min_flt task_struct.maj_flt")
{
	struct task_struct *first = begin();
	struct task_struct *second = begin();
	unsigned long before;
	int i;

	if (!first || !second)
		return;
	answer("order=%d boottime=%d after_boot=%d", first->start_time <= second->start_time,
	       second->start_boottime >= second->start_time, first->start_time > 0);
	before = first->nvcsw;
	for (i = 0; i < 3; i++) {
		wake_up_process(first);
		until(first->nvcsw == before + i + 1);
	}
	answer("nvcsw_grew=%lu", first->nvcsw - before);
	answer("utime=%llu faults=%lu,%lu", (unsigned long long)first->utime, first->min_flt, first->maj_flt);
	end(first);
	end(second);
}

CASE(signals, "task_struct.sighand task_struct.signal task_struct.blocked task_struct.pending sigisemptyset")
{
	struct task_struct *task = begin();
	int i, ignored = 0;

	if (!task)
		return;
	for (i = 0; i < _NSIG; i++)
		ignored += task->sighand->action[i].sa.sa_handler == SIG_IGN;
	answer("ignored=%d of=%d blocked=%d pending=%d signal=%d threads=%d", ignored, _NSIG, !sigisemptyset(&task->blocked),
	       !sigisemptyset(&task->pending.signal), !!task->signal, task->signal->nr_threads);
	kthread_stop(task);
	until(READ_ONCE(task->__state) == TASK_DEAD);
	answer("dead sighand=%d", !!task->sighand);
	put_task_struct(task);
}

CASE(credentials, "task_struct.cred task_struct.real_cred current_cred current_uid current_euid __task_cred task_uid uid_eq"
		  " GLOBAL_ROOT_UID from_kuid cred.uid cred.euid cred.gid")
{
	struct task_struct *task = begin();

	if (!task)
		return;
	rcu_read_lock();
	answer("uid=%u euid=%u gid=%u root=%d same=%d", from_kuid(&init_user_ns, task_uid(task)),
	       from_kuid(&init_user_ns, __task_cred(task)->euid), from_kgid(&init_user_ns, __task_cred(task)->gid),
	       uid_eq(__task_cred(task)->uid, GLOBAL_ROOT_UID), task->cred == task->real_cred);
	rcu_read_unlock();
	answer("current uid=%u euid=%u cred=%d", from_kuid(&init_user_ns, current_uid()), from_kuid(&init_user_ns,
												    current_euid()),
	       current_cred()->uid.val);
	end(task);
}

CASE(others, " task_struct.fs task_struct.files task_struct.nsproxy task_struct.personality task_struct.jobctl"
	     " task_struct.stack task_struct.exit_signal task_struct.set_child_tid task_struct.ptrace task_struct.journal_info"
	     " task_struct.in_execve task_struct.pdeath_signal task_stack_page")
{
	struct task_struct *task = begin();

	if (!task)
		return;
	answer("fs=%d files=%d nsproxy=%d stack=%d personality=0x%x jobctl=%lu ptrace=%u journal_info=%d in_execve=%d pdeath=%d",
	       !!task->fs,
	       !!task->files, !!task->nsproxy, task_stack_page(task) == task->stack, task->personality, task->jobctl,
		       task->ptrace,
	       !!task->journal_info, task->in_execve, task->pdeath_signal);
	answer("exit_signal=%d set_child_tid=%d", task->exit_signal, !!task->set_child_tid);
	kthread_stop(task);
	until(READ_ONCE(task->__state) == TASK_DEAD);
	answer("dead fs=%d files=%d nsproxy=%d exit_signal=%d", !!task->fs, !!task->files, !!task->nsproxy, task->exit_signal);
	put_task_struct(task);
}

ASK_MODULE(&case_on_cpu, &case_cpus, &case_lists, &case_times, &case_signals, &case_credentials, &case_others);

// SPDX-License-Identifier: MIT OR Apache-2.0
/* The fields of tasks, and the lists that tasks are on: what they say is true. */
#include <linux/completion.h>
#include <linux/cred.h>
#include <linux/delay.h>
#include <linux/fdtable.h>
#include <linux/fs_struct.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/rculist.h>
#include <linux/resource.h>
#include <linux/sched.h>
#if LINUX_VERSION_CODE >= KERNEL_VERSION(4, 11, 0)
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#endif
#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 14, 0)
#define STATE(task) ((long)(task)->__state)
#else
#define STATE(task) ((task)->state)
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 16, 0)
#define CPU(task) ((task)->thread_info.cpu)
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(4, 9, 0)
#define CPU(task) ((task)->cpu)
#else
#define CPU(task) (task_thread_info(task)->cpu)
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 3, 0)
#define CPUS(task) ((task)->cpus_ptr)
#else
#define CPUS(task) (&(task)->cpus_allowed)
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(3, 17, 0)
#define STARTED(task) ((task)->start_time)
#else
#define STARTED(task) ((u64)(task)->start_time.tv_sec * NSEC_PER_SEC + (task)->start_time.tv_nsec)
#endif

static DECLARE_COMPLETION(begun);
static DECLARE_COMPLETION(go_on);
static int held;

static void sleep_until_stopped(void)
{
	while (!kthread_should_stop()) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (!kthread_should_stop())
			schedule();
		__set_current_state(TASK_RUNNING);
	}
}

static int sleeps(void *data)
{
	complete(&begun);
	sleep_until_stopped();
	return 0;
}

static int computes(void *data)
{
	complete(&begun);
	while (READ_ONCE(held))
		cpu_relax();
	sleep_until_stopped();
	return 0;
}

static int takes_signals(void *data)
{
	sigset_t set, before;

	allow_signal(SIGUSR1);
	allow_signal(SIGTERM);
	allow_signal(SIGHUP);
	disallow_signal(SIGHUP);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, &before);
	complete(&begun);
	while (!kthread_should_stop())
		msleep(1);
	return 0;
}

static struct task_struct *begin(int (*function)(void *data), const char *name)
{
	struct task_struct *task = kthread_run(function, NULL, "%s", name);

	wait_for_completion(&begun);
	return task;
}

static void fall_asleep(struct task_struct *task)
{
	while (task->on_rq)
		cpu_relax();
}

static void sleeping_and_running(void)
{
	struct task_struct *task = kthread_create(sleeps, NULL, "sleeps");
	unsigned long switches;

	fall_asleep(task);
	pr_info("new: on_rq %d, on_cpu %d, state %ld\n", task->on_rq, task->on_cpu, STATE(task));
	wake_up_process(task);
	wait_for_completion(&begun);
	fall_asleep(task);
	pr_info("asleep: on_rq %d, on_cpu %d, state %ld\n", task->on_rq, task->on_cpu, STATE(task));
	switches = task->nvcsw;
	for (int i = 0; i < 10; i++) {
		wake_up_process(task);
		/* It sleeps again once it has counted that. */
		while (READ_ONCE(task->nvcsw) == switches + i)
			cpu_relax();
		fall_asleep(task);
	}
	pr_info("woken ten times: %lu sleeps\n", task->nvcsw - switches);
	kthread_stop(task);
	pr_info("ended: on_rq %d, exit_state %d\n", task->on_rq, task->exit_state == 16 || task->exit_state == 32);

	held = 1;
	task = begin(computes, "computes");
	pr_info("runs: on_rq %d, on_cpu %d, state %ld\n", task->on_rq, task->on_cpu, STATE(task));
	WRITE_ONCE(held, 0);
	kthread_stop(task);
}

static void cpus(void)
{
	unsigned int last = cpumask_last(CPUS(current));
	struct task_struct *task = kthread_create(sleeps, NULL, "bound");

	pr_info("at first: %d\n", task->nr_cpus_allowed == cpumask_weight(CPUS(task)) &&
		cpumask_equal(CPUS(task), CPUS(current)));
	kthread_bind(task, last);
	pr_info("bound: %d cpu, the right one: %d\n", task->nr_cpus_allowed, cpumask_test_cpu(last, CPUS(task)));
	wake_up_process(task);
	wait_for_completion(&begun);
	fall_asleep(task);
	pr_info("it ran there: %d %d\n", CPU(task) == last, task_cpu(task) == last);
	kthread_stop(task);
}

static void signals(void)
{
	struct task_struct *task = begin(sleeps, "deaf");

	pr_info("a kthread: handler %ld, pending %lx, blocked %lx\n", (long)task->sighand->action[SIGTERM - 1].sa.sa_handler,
		task->pending.signal.sig[0], task->blocked.sig[0]);
	kthread_stop(task);
	pr_info("a process: handler %ld\n", (long)current->sighand->action[SIGTERM - 1].sa.sa_handler);

	task = begin(takes_signals, "listens");
	pr_info("handlers: USR1 %ld, HUP %ld, INT %ld; blocked %lx\n", (long)task->sighand->action[SIGUSR1 - 1].sa.sa_handler,
		(long)task->sighand->action[SIGHUP - 1].sa.sa_handler, (long)task->sighand->action[SIGINT - 1].sa.sa_handler,
		task->blocked.sig[0]);
	send_sig(SIGTERM, task, 1);
	pr_info("TERM, blocked: pending %lx, flag %d\n", task->pending.signal.sig[0], test_tsk_thread_flag(task, TIF_SIGPENDING));
	send_sig(SIGUSR1, task, 1);
	pr_info("USR1: pending %lx, flag %d, the queue is empty: %d\n", task->pending.signal.sig[0],
		test_tsk_thread_flag(task, TIF_SIGPENDING), list_empty(&task->pending.list));
	kill_pid(task_pid(task), SIGUSR1, 1);
	pr_info("USR1 for the group: shared %lx\n", task->signal->shared_pending.signal.sig[0]);
	kthread_stop(task);

	sigfillset(&current->blocked);
	recalc_sigpending();
	send_sig(SIGUSR2, current, 1);
	pr_info("written into current->blocked: pending %lx, signal_pending %d\n", current->pending.signal.sig[0],
		signal_pending(current));
	sigemptyset(&current->blocked);
	recalc_sigpending();
	pr_info("and nothing: signal_pending %d\n", signal_pending(current));
	flush_signals(current);
}

/* How many tasks the list has, and whether it is sound and has `wanted`. */
static int walked(struct task_struct *wanted, bool *found, bool *sound)
{
	struct task_struct *task;
	int count = 0;

	*found = false;
	*sound = true;
	rcu_read_lock();
	list_for_each_entry_rcu(task, &init_task.tasks, tasks) {
		*found |= task == wanted;
		*sound &= task->tasks.next->prev == &task->tasks && task->tasks.prev->next == &task->tasks;
		count++;
	}
	rcu_read_unlock();
	return count;
}

static void all_tasks(void)
{
	struct task_struct *before[3], *task, *thread;
	int raw, processes = 0, threads = 0, old = 0;
	bool found, sound, kthreadd = false, init = false, in_order = true;
	pid_t last = 0;

	for (int i = 0; i < 3; i++)
		before[i] = begin(sleeps, "listed");
	raw = walked(before[1], &found, &sound);
	pr_info("the list: sound %d, has a kthread %d\n", sound, found);
	for_each_process(task) {
		kthreadd |= task->pid == 2 && !strcmp(task->comm, "kthreadd");
		init |= task == current;
		in_order &= task->pid > last;
		last = task->pid;
		processes++;
	}
	for_each_process_thread(task, thread)
		threads += thread == task;
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
	do_each_thread(task, thread) {
		old++;
	} while_each_thread(task, thread);
#else
	old = threads;
#endif
	pr_info("walks: %d %d %d; kthreadd %d, init %d, in the order of pids %d\n", processes == raw, threads == raw, old == raw,
		kthreadd, init, in_order);
	pr_info("init_task: pid %d, its own parent %d, next of the last %d\n", init_task.pid, init_task.real_parent == &init_task,
		next_task(before[2]) != NULL);
	kthread_stop(before[1]);
	pr_info("one ended: %d\n", raw - walked(before[1], &found, &sound));
	pr_info("the list: sound %d, has it %d; it still leads on %d\n", sound, found,
		before[1]->tasks.next == &before[2]->tasks);
	pr_info("next_task of it: %d\n", next_task(before[1]) == before[2]);
	kthread_stop(before[0]);
	kthread_stop(before[2]);
}

static int sleeps_as_a_child(void *data)
{
	complete(&begun);
	wait_for_completion(&go_on);
	complete(&begun);
	return 0;
}

static pid_t child;

static int has_a_child(void *data)
{
	child = kernel_thread(sleeps_as_a_child, NULL, CLONE_FS | CLONE_FILES);
	wait_for_completion(&begun);
	complete(data);
	sleep_until_stopped();
	return 0;
}

static bool is_child_of(struct task_struct *task, struct task_struct *parent)
{
	struct list_head *node;

	list_for_each(node, &parent->children)
		if (list_entry(node, struct task_struct, sibling) == task)
			return task->real_parent == parent;
	return false;
}

static void families(void)
{
	DECLARE_COMPLETION_ONSTACK(ready);
	struct task_struct *kthreadd = pid_task(find_vpid(2), PIDTYPE_PID), *task, *of_task;

	pr_info("children of the idle task: init %d, kthreadd %d\n", is_child_of(pid_task(find_vpid(1), PIDTYPE_PID), &init_task),
		is_child_of(kthreadd, &init_task));
	task = kthread_run(has_a_child, &ready, "parent");
	wait_for_completion(&ready);
	of_task = pid_task(find_vpid(child), PIDTYPE_PID);
	pr_info("the kthread is kthreadd's %d, its child is its own %d\n", is_child_of(task, kthreadd), is_child_of(of_task, task));
	kthread_stop(task);
	pr_info("it ended: kthreadd's %d, children %d, its child is init's %d\n", is_child_of(task, kthreadd),
		!list_empty(&task->children), is_child_of(of_task, pid_task(find_vpid(1), PIDTYPE_PID)));
	complete(&go_on);
	wait_for_completion(&begun);
}

static void times(void)
{
	u64 before = ktime_to_ns(ktime_get()), end;
	struct task_struct *task = begin(sleeps, "timed"), *walker;

	pr_info("started between: %d\n", before <= STARTED(task) && STARTED(task) <= ktime_to_ns(ktime_get()));
	kthread_stop(task);
	for (end = before + 60 * NSEC_PER_MSEC; ktime_to_ns(ktime_get()) < end;)
		cpu_relax();
	for_each_process(walker)
		;
	pr_info("computed: %d %d, of its own faults: %d\n", current->se.sum_exec_runtime > 2 * NSEC_PER_MSEC,
		current->utime + current->stime > 2 * NSEC_PER_MSEC, current->min_flt > 0);
}

static int computes_a_while(void *data)
{
	while (!kthread_should_stop())
		cpu_relax();
	return 0;
}

static void times_of_another(void)
{
	struct task_struct *task = kthread_run(computes_a_while, NULL, "busy"), *walker;

	/* What the system has counted is asked for at most once in 10 ms; it has run for so long some time. */
	do {
		msleep(11);
		for_each_process(walker)
			;
	} while (READ_ONCE(task->se.sum_exec_runtime) < 20 * NSEC_PER_MSEC);
	pr_info("another's: %d\n", task->utime + task->stime >= 10 * NSEC_PER_MSEC);
	kthread_stop(task);
}

static void groups_and_rights(void)
{
	struct task_struct *task = begin(sleeps, "alone");
	struct list_head *node;
	int threads = 0;

	list_for_each(node, &task->signal->thread_head)
		threads += list_entry(node, struct task_struct, thread_node) == task;
	pr_info("threads %d %d, leader %d, same group %d %d\n", threads, get_nr_threads(task), thread_group_leader(task),
		same_thread_group(task, task), same_thread_group(task, current));
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
	pr_info("thread_group is empty: %d\n", list_empty(&task->thread_group));
#else
	pr_info("thread_group is empty: %d\n", thread_group_empty(task));
#endif
	pr_info("uid %u, euid %u, cred is real_cred %d\n", __kuid_val(task_uid(task)), __kuid_val(current_cred()->euid),
		task->cred == task->real_cred);
	pr_info("umask %o, fds %u, the first open: %d\n", task->fs->umask, files_fdtable(task->files)->max_fds,
		files_fdtable(task->files)->fd[0] != NULL);
	pr_info("limits: %d %d\n", rlimit(RLIMIT_NOFILE) >= 3, task_rlimit(task, RLIMIT_NOFILE) <= task_rlimit_max(task, RLIMIT_NOFILE));
	pr_info("session %d, ptrace %u\n", (int)task->sessionid, task->ptrace);
	kthread_stop(task);
}

static int __init fields_init(void)
{
	sleeping_and_running();
	cpus();
	signals();
	all_tasks();
	families();
	times();
	times_of_another();
	groups_and_rights();
	return 0;
}

static void __exit fields_exit(void)
{
}

module_init(fields_init);
module_exit(fields_exit);
MODULE_LICENSE("GPL");

// SPDX-License-Identifier: MIT OR Apache-2.0
/* Policies, signals, freezing, helpers, asynchronous calls. */
#include <linux/async.h>
#include <linux/completion.h>
#include <linux/freezer.h>
#include <linux/kmod.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/signal.h>
#include <uapi/linux/sched/types.h>

static int idle(void *unused)
{
	return 0;
}

static void policies(void)
{
	struct task_struct *task = kthread_create(idle, 0, "urgent");
	struct sched_param ten = { .sched_priority = 10 }, none = { 0 }, much = { .sched_priority = 100 };
	int fifo = sched_setscheduler(task, SCHED_FIFO, &ten);

	pr_info("SCHED_FIFO 10: %d, policy %u, rt_priority %u, prio %d, static_prio %d\n", fifo, task->policy,
		task->rt_priority, task->prio, task->static_prio);
	pr_info("SCHED_RR 10: %d, of no priority: %d, of too much: %d\n", sched_setscheduler_nocheck(task, SCHED_RR, &ten),
		sched_setscheduler(task, SCHED_RR, &none), sched_setscheduler(task, SCHED_RR, &much));
	pr_info("SCHED_NORMAL with a priority: %d, SCHED_DEADLINE: %d; policy %u\n",
		sched_setscheduler(task, SCHED_NORMAL, &ten), sched_setscheduler(task, SCHED_DEADLINE, &none), task->policy);
	pr_info("SCHED_BATCH: %d, ", sched_setscheduler(task, SCHED_BATCH, &none));
	pr_cont("SCHED_IDLE: %d, ", sched_setscheduler(task, SCHED_IDLE, &none));
	pr_cont("SCHED_NORMAL: %d, prio %d\n", sched_setscheduler(task, SCHED_NORMAL, &none), task->prio);
	kthread_stop(task);
}

static DECLARE_COMPLETION(ready);
static DECLARE_COMPLETION(go);

/* Blocks a signal, gets it, and takes it when it is not blocked any more. */
static int taker(void *unused)
{
	sigset_t set, old;
	int blocked, open;

	allow_signal(SIGUSR1);
	siginitset(&set, sigmask(SIGUSR1));
	sigprocmask(SIG_BLOCK, &set, &old);
	complete(&ready);
	wait_for_completion(&go);
	blocked = signal_pending(current);
	sigprocmask(SIG_SETMASK, &old, NULL);
	open = signal_pending(current);
	pr_info("sigprocmask: blocked, pending %d; not blocked, pending %d; dequeued %d\n", blocked, open,
		kernel_dequeue_signal());
	kernel_sigaction(SIGUSR1, SIG_IGN);
	send_sig(SIGUSR1, current, 1);
	pr_info("ignored: pending %d\n", signal_pending(current));
	complete(&ready);
	return 0;
}

static void signals(void)
{
	struct task_struct *task = kthread_run(taker, 0, "taker");
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	pr_info("a set: SIGTERM %d, SIGINT %d\n", sigismember(&set, SIGTERM), sigismember(&set, SIGINT));
	wait_for_completion(&ready);
	send_sig(SIGUSR1, task, 1);
	complete(&go);
	/* A stop would be pending as a signal is. */
	wait_for_completion(&ready);
	kthread_stop(task);
}

static bool was_frozen;

static int freezable(void *unused)
{
	set_freezable();
	complete(&ready);
	while (!kthread_should_stop()) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (!kthread_should_stop())
			schedule();
		__set_current_state(TASK_RUNNING);
		was_frozen |= try_to_freeze();
	}
	return was_frozen;
}

static void freezing_threads(void)
{
	struct task_struct *task = kthread_run(freezable, 0, "freezable");
	int user, kernel, stands, noticed;

	wait_for_completion(&ready);
	user = freeze_processes();
	kernel = freeze_kernel_threads();
	stands = frozen(task);
	thaw_processes();
	noticed = kthread_stop(task);
	pr_info("frozen: %d %d, the thread %d; thawed, it noticed %d; freezing(current) %d\n", user, kernel, stands, noticed,
		freezing(current));
}

static int begun, cleaned;

static int begin(struct subprocess_info *info, struct cred *cred)
{
	begun = *(int *)info->data;
	return 0;
}

static void cleanup(struct subprocess_info *info)
{
	cleaned = *(int *)info->data;
}

static void helpers(void)
{
	static int datum = 7;
	char *yes[] = { "true", NULL }, *no[] = { "sh", "-c", "exit $CODE", NULL };
	char *envp[] = { "PATH=/bin:/usr/bin", "CODE=3", NULL };
	struct subprocess_info *info;
	int ret;

	pr_info("call_usermodehelper: %d, %#x, %d\n", call_usermodehelper("/bin/true", yes, envp, UMH_WAIT_PROC),
		call_usermodehelper("/bin/sh", no, envp, UMH_WAIT_PROC),
		call_usermodehelper("/no/such", yes, envp, UMH_WAIT_EXEC));
	info = call_usermodehelper_setup("/bin/true", yes, envp, GFP_KERNEL, begin, cleanup, &datum);
	ret = call_usermodehelper_exec(info, UMH_WAIT_PROC);
	pr_info("call_usermodehelper_exec: %d, init %d, cleanup %d\n", ret, begun, cleaned);
	pr_info("request_module: %d\n", request_module("no-%s", "such"));
}

static int sum;

static void add(void *data, async_cookie_t cookie)
{
	async_synchronize_cookie(cookie);
	sum = sum * 10 + *(int *)data;
}

static ASYNC_DOMAIN_EXCLUSIVE(domain);

static void in_domain(void *data, async_cookie_t cookie)
{
	*(bool *)data = current_is_async();
}

static void asynchronous(void)
{
	static int one = 1, two = 2, three = 3;
	bool inside = false;
	async_cookie_t first = async_schedule(add, &one), second = async_schedule(add, &two);

	async_schedule(add, &three);
	async_synchronize_full();
	async_schedule_domain(in_domain, &inside, &domain);
	async_synchronize_full_domain(&domain);
	pr_info("in order: %d, cookies rise %d, in a domain %d, here %d\n", sum, second > first, inside, current_is_async());
}

static int __init test_init(void)
{
	policies();
	signals();
	freezing_threads();
	helpers();
	asynchronous();
	return 0;
}
module_init(test_init);
MODULE_LICENSE("Dual MIT/GPL");

// SPDX-License-Identifier: MIT OR Apache-2.0
/* Creating threads while the creator has signals: a fatal one refuses, the others do not. */
#include "ask.h"

#include <linux/cpumask.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>

#define TRIES 20

static struct completion ended;
static atomic_t runs;

static int counts(void *data)
{
	atomic_inc(&runs);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(MAX_SCHEDULE_TIMEOUT);
	return 0;
}

static int creator(void *data)
{
	void (*asks)(void) = data;

	asks();
	complete(&ended);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

/* Signals are allowed by threads only. */
static void in_thread(void (*asks)(void))
{
	struct task_struct *task;

	init_completion(&ended);
	task = ask_thread(creator, asks);
	if (!task)
		return;
	wait_for_completion(&ended);
	kthread_stop(task);
}

/* Creates threads, never wakes them, and tells what came of it. */
static void creates(const char *when)
{
	int made = 0, interrupted = 0, other = 0, i;

	for (i = 0; i < TRIES; i++) {
		struct task_struct *task = kthread_create(counts, NULL, "made/%d", i);

		made += !IS_ERR(task);
		interrupted += IS_ERR(task) && PTR_ERR(task) == -EINTR;
		other += IS_ERR(task) && PTR_ERR(task) != -EINTR;
		if (!IS_ERR(task))
			kthread_stop(task);
	}
	answer("when=%s made=%d interrupted=%d other=%d ran=%d", when, made, interrupted, other, atomic_read(&runs));
}

/*
 * kthreadd may have made a thread before its creator notices the signal. So it gets no cpu until
 * the creator sleeps: both are on the same one, and the creator is more urgent.
 */
static struct task_struct *the_kthreadd;

static void hold_kthreadd(void)
{
	rcu_read_lock();
	the_kthreadd = pid_task(find_vpid(2), PIDTYPE_PID);
	rcu_read_unlock();
	set_cpus_allowed_ptr(the_kthreadd, cpumask_of(0));
	set_cpus_allowed_ptr(current, cpumask_of(0));
	sched_set_fifo(current);
}

static void let_kthreadd_go(void)
{
	sched_set_normal(current, 0);
	set_cpus_allowed_ptr(the_kthreadd, cpu_possible_mask);
}

static void term(void)
{
	creates("none");
	allow_signal(SIGTERM);
	send_sig(SIGTERM, current, 1);
	answer("pending=%d fatal=%d", signal_pending(current), fatal_signal_pending(current));
	creates("term");
	answer("pending=%d", signal_pending(current));
}

CASE(term, "kthread_create allow_signal send_sig signal_pending fatal_signal_pending")
{
	atomic_set(&runs, 0);
	in_thread(term);
}

static void not_allowed(void)
{
	send_sig(SIGKILL, current, 1);
	answer("pending=%d fatal=%d", signal_pending(current), fatal_signal_pending(current));
	creates("kill_not_allowed");
}

CASE(kill_not_allowed, "kthread_create send_sig fatal_signal_pending")
{
	atomic_set(&runs, 0);
	in_thread(not_allowed);
}

static void killed(void)
{
	allow_signal(SIGKILL);
	send_sig(SIGKILL, current, 1);
	answer("pending=%d fatal=%d", signal_pending(current), fatal_signal_pending(current));
	hold_kthreadd();
	creates("kill");
	let_kthreadd_go();
	answer("still pending=%d fatal=%d", signal_pending(current), fatal_signal_pending(current));
	flush_signals(current);
	creates("flushed");
}

CASE(kill, "kthread_create IS_ERR PTR_ERR EINTR flush_signals fatal_signal_pending")
{
	atomic_set(&runs, 0);
	in_thread(killed);
}

static void dequeued(void)
{
	int signal;

	allow_signal(SIGKILL);
	send_sig(SIGKILL, current, 1);
	signal = kernel_dequeue_signal();
	answer("signal=%d pending=%d fatal=%d", signal, signal_pending(current), fatal_signal_pending(current));
	creates("dequeued");
}

CASE(kill_dequeued, "kernel_dequeue_signal kthread_create fatal_signal_pending")
{
	atomic_set(&runs, 0);
	in_thread(dequeued);
}

static void blocked(void)
{
	sigset_t set, old;

	allow_signal(SIGKILL);
	sigemptyset(&set);
	sigaddset(&set, SIGKILL);
	sigprocmask(SIG_BLOCK, &set, &old);
	send_sig(SIGKILL, current, 1);
	answer("pending=%d fatal=%d", signal_pending(current), fatal_signal_pending(current));
	creates("kill_blocked");
	sigprocmask(SIG_SETMASK, &old, NULL);
	answer("unblocked pending=%d fatal=%d", signal_pending(current), fatal_signal_pending(current));
	hold_kthreadd();
	creates("kill_unblocked");
	let_kthreadd_go();
}

CASE(kill_blocked, "sigprocmask SIG_BLOCK SIG_SETMASK sigaddset sigemptyset sigset_t kthread_create")
{
	atomic_set(&runs, 0);
	in_thread(blocked);
}

/* The other calls that create. */
static void others(void)
{
	int created[5] = { 0 };
	int i;

	allow_signal(SIGKILL);
	send_sig(SIGKILL, current, 1);
	hold_kthreadd();
	for (i = 0; i < TRIES; i++) {
		struct kthread_worker *worker;
		struct task_struct *task;

		task = kthread_create_on_node(counts, NULL, 0, "on-node");
		if (IS_ERR(task))
			created[0] += PTR_ERR(task) == -EINTR;
		else
			kthread_stop(task);
		task = kthread_create_on_cpu(counts, NULL, 0, "on-cpu/%u");
		if (IS_ERR(task))
			created[1] += PTR_ERR(task) == -EINTR;
		else
			kthread_stop(task);
		task = kthread_run(counts, NULL, "run");
		if (IS_ERR(task))
			created[2] += PTR_ERR(task) == -EINTR;
		else
			kthread_stop(task);
		worker = kthread_create_worker(0, "worker");
		if (IS_ERR(worker))
			created[3] += PTR_ERR(worker) == -EINTR;
		else
			kthread_destroy_worker(worker);
		worker = kthread_create_worker_on_cpu(0, 0, "worker/%u", 0);
		if (IS_ERR(worker))
			created[4] += PTR_ERR(worker) == -EINTR;
		else
			kthread_destroy_worker(worker);
	}
	let_kthreadd_go();
	answer("interrupted on_node=%d on_cpu=%d run=%d worker=%d worker_on_cpu=%d", created[0], created[1], created[2],
	       created[3],
	       created[4]);
}

CASE(others, "kthread_create_on_node kthread_create_on_cpu kthread_run kthread_create_worker kthread_create_worker_on_cpu"
	     " kthread_destroy_worker")
{
	in_thread(others);
}

/* Calls that a fatal signal does not disturb. */
static int parks(void *data)
{
	while (!kthread_should_stop()) {
		kthread_parkme();
		schedule_timeout_interruptible(1);
	}
	return 14;
}

static void goes_on(void)
{
	struct task_struct *task;
	int parked, stopped;

	task = kthread_run(parks, NULL, "parks");
	if (IS_ERR(task))
		return;
	allow_signal(SIGKILL);
	send_sig(SIGKILL, current, 1);
	parked = kthread_park(task);
	kthread_unpark(task);
	stopped = kthread_stop(task);
	answer("park=%d stop=%d pending=%d", parked, stopped, signal_pending(current));
}

CASE(not_disturbed, "kthread_park kthread_unpark kthread_stop fatal_signal_pending")
{
	in_thread(goes_on);
}

/* A creator's signals, and what it allows, are not its thread's. */
static int tells_its_signals(void *data)
{
	int before = signal_pending(current);
	int sent = send_sig(SIGTERM, current, 1);
	int pending = signal_pending(current);

	answer("inherited before=%d sent=%d pending=%d dequeued=%d", before, sent, pending, kernel_dequeue_signal());
	complete(data);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

static void passes_on(void)
{
	DECLARE_COMPLETION_ONSTACK(told);
	struct task_struct *task;

	allow_signal(SIGTERM);
	send_sig(SIGTERM, current, 1);
	task = ask_thread(tells_its_signals, &told);
	if (!task)
		return;
	wait_for_completion(&told);
	kthread_stop(task);
}

CASE(not_inherited, "kthread_create allow_signal send_sig kernel_dequeue_signal")
{
	in_thread(passes_on);
}

ASK_MODULE(&case_term, &case_kill_not_allowed, &case_kill, &case_kill_dequeued, &case_kill_blocked, &case_others,
	   &case_not_disturbed, &case_not_inherited);

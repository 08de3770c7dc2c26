// SPDX-License-Identifier: MIT OR Apache-2.0
/* Signals by the calls and fields that fewer modules use. */
#include "ask.h"
#include <linux/signal.h>

static struct completion ended;

static int runs_asks(void *data)
{
	void (*asks)(void) = data;

	asks();
	complete(&ended);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

static void in_thread(void (*asks)(void))
{
	struct task_struct *task;

	init_completion(&ended);
	task = ask_thread(runs_asks, asks);
	if (!task)
		return;
	wait_for_completion(&ended);
	kthread_stop(task);
}

/* The next signal, with what is known of it. */
static int takes(sigset_t *mask, kernel_siginfo_t *info)
{
	enum pid_type type;

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
	return dequeue_signal(mask, info, &type);
#else
	return dequeue_signal(current, mask, info, &type);
#endif
}

static void dequeues(void)
{
	kernel_siginfo_t info;
	sigset_t mask;
	int signal;

	allow_signal(SIGTERM);
	allow_signal(SIGINT);
	send_sig(SIGTERM, current, 1);
	send_sig(SIGINT, current, 0);
	sigemptyset(&mask);
	sigaddset(&mask, SIGINT);
	spin_lock_irq(&current->sighand->siglock);
	signal = takes(&mask, &info);
	spin_unlock_irq(&current->sighand->siglock);
	answer("masked signal=%d signo=%d code=0x%x errno=%d", signal, info.si_signo, info.si_code, info.si_errno);
	sigemptyset(&mask);
	spin_lock_irq(&current->sighand->siglock);
	signal = takes(&mask, &info);
	spin_unlock_irq(&current->sighand->siglock);
	answer("rest signal=%d signo=%d code=0x%x", signal, info.si_signo, info.si_code);
	spin_lock_irq(&current->sighand->siglock);
	signal = takes(&mask, &info);
	spin_unlock_irq(&current->sighand->siglock);
	answer("none signal=%d pending=%d", signal, signal_pending(current));
}

CASE(dequeue, "dequeue_signal kernel_siginfo_t sigset_t task_struct.sighand")
{
	in_thread(dequeues);
}

static void recalculates(void)
{
	int before, signal;

	allow_signal(SIGTERM);
	spin_lock_irq(&current->sighand->siglock);
	sigaddset(&current->blocked, SIGTERM);
	recalc_sigpending();
	spin_unlock_irq(&current->sighand->siglock);
	send_sig(SIGTERM, current, 1);
	before = signal_pending(current);
	answer("blocked=%d member=%d pends=%d", before, sigismember(&current->blocked, SIGTERM),
	       sigismember(&current->pending.signal, SIGTERM));
	spin_lock_irq(&current->sighand->siglock);
	sigdelset(&current->blocked, SIGTERM);
	recalc_sigpending();
	spin_unlock_irq(&current->sighand->siglock);
	before = signal_pending(current);
	signal = kernel_dequeue_signal();
	answer("unblocked=%d taken=%d pends=%d", before, signal, sigismember(&current->pending.signal, SIGTERM));
}

CASE(recalc, "recalc_sigpending task_struct.blocked task_struct.pending task_struct.sighand")
{
	in_thread(recalculates);
}

/* A signal that is forced makes a kthread's own rule void. */
static void forced(void)
{
	int first, second;

	force_sig(SIGUSR1);
	answer("not_allowed pending=%d fatal=%d", signal_pending(current), fatal_signal_pending(current));
	first = kernel_dequeue_signal();
	second = kernel_dequeue_signal();
	answer("taken=%d,%d handler_is_default=%d", first, second,
	       current->sighand->action[SIGUSR1 - 1].sa.sa_handler == SIG_DFL);
	allow_signal(SIGUSR2);
	force_sig(SIGUSR2);
	first = kernel_dequeue_signal();
	second = kernel_dequeue_signal();
	answer("allowed taken=%d,%d handler=%d", first, second,
	       (int)(long)current->sighand->action[SIGUSR2 - 1].sa.sa_handler);
}

CASE(force, "force_sig fatal_signal_pending task_struct.sighand")
{
	in_thread(forced);
}

static void handlers(void)
{
	long before = (long)current->sighand->action[SIGTERM - 1].sa.sa_handler;
	long allowed, kernel, disallowed;

	allow_signal(SIGTERM);
	allowed = (long)current->sighand->action[SIGTERM - 1].sa.sa_handler;
	allow_kernel_signal(SIGTERM);
	kernel = (long)current->sighand->action[SIGTERM - 1].sa.sa_handler;
	disallow_signal(SIGTERM);
	disallowed = (long)current->sighand->action[SIGTERM - 1].sa.sa_handler;
	answer("before=%ld allowed=%ld kernel=%ld disallowed=%ld", before, allowed, kernel, disallowed);
	answer("blocked=%d pending=%d", sigisemptyset(&current->blocked), sigisemptyset(&current->pending.signal));
}

CASE(handlers, "allow_signal allow_kernel_signal disallow_signal task_struct.sighand task_struct.blocked task_struct.pending")
{
	in_thread(handlers);
}

/* With the default action a signal that ends a process becomes a SIGKILL. */
static void by_default(void)
{
	int first, second;

	kernel_sigaction(SIGTERM, SIG_DFL);
	send_sig(SIGTERM, current, 1);
	answer("pending=%d fatal=%d", signal_pending(current), fatal_signal_pending(current));
	first = kernel_dequeue_signal();
	second = kernel_dequeue_signal();
	answer("taken=%d,%d", first, second);
	flush_signals(current);
	answer("flushed pending=%d fatal=%d", signal_pending(current), fatal_signal_pending(current));
}

CASE(by_default, "kernel_sigaction send_sig fatal_signal_pending SIG_DFL")
{
	in_thread(by_default);
}

CASE(sets, "sigorsets sigandsets sigandnsets signotset sigset_t")
{
	sigset_t a, b, into;

	siginitset(&a, sigmask(1) | sigmask(2));
	siginitset(&b, sigmask(2) | sigmask(3));
	sigorsets(&into, &a, &b);
	answer("or=%d,%d,%d,%d", sigismember(&into, 1), sigismember(&into, 2), sigismember(&into, 3), sigismember(&into, 4));
	sigandsets(&into, &a, &b);
	answer("and=%d,%d,%d", sigismember(&into, 1), sigismember(&into, 2), sigismember(&into, 3));
	sigandnsets(&into, &a, &b);
	answer("and_not=%d,%d,%d", sigismember(&into, 1), sigismember(&into, 2), sigismember(&into, 3));
	signotset(&a);
	answer("not=%d,%d,%d,%d", sigismember(&a, 1), sigismember(&a, 2), sigismember(&a, 3), sigismember(&a, 64));
	answer("equal=%d,%d", sigequalsets(&a, &a), sigequalsets(&a, &b));
}

CASE(nobody, "kill_pid ESRCH")
{
	answer("killed=%d no_such_process=%d", kill_pid(NULL, SIGTERM, 1), -ESRCH);
}

ASK_MODULE(&case_dequeue, &case_recalc, &case_force, &case_handlers, &case_by_default, &case_sets, &case_nobody);

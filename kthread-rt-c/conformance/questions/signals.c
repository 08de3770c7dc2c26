// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Signals between tasks: what is dropped, what pends, in which order it is taken, what it wakes,
 * and what blocks it.
 */
#include "ask.h"
#include <linux/pid.h>
#include <linux/signal.h>
#include <linux/wait.h>

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

/* Only a kthread can be asked: insmod is a process with signals of its own. */
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

/* The signals that there are, in the order in which they are taken. */
static const char *taken(void)
{
	static char text[100];
	int length = 0, signal;

	do {
		signal = kernel_dequeue_signal();
		length += snprintf(text + length, sizeof(text) - length, "%s%d", length ? "," : "", signal);
	} while (signal && length < 90);
	return text;
}

/* Whether some are pending, which there are, and whether some are pending then. */
static const char *found(void)
{
	static char text[140];
	int pending = signal_pending(current);
	const char *signals = taken();

	snprintf(text, sizeof(text), "pending=%d taken=%s then=%d", pending, signals, signal_pending(current));
	return text;
}

static void sends(int signal)
{
	send_sig(signal, current, 1);
}

static void not_allowed(void)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGKILL, SIGUSR1, SIGSEGV, SIGTERM, SIGCHLD, SIGCONT,
				       SIGSTOP, SIGTSTP, SIGWINCH, 34, 64 };
	int i, priv;

	for (priv = 0; priv < 2; priv++) {
		int sent = 0, pending = 0;

		for (i = 0; i < ARRAY_SIZE(signals); i++) {
			sent += send_sig(signals[i], current, priv) == 0;
			pending += signal_pending(current);
		}
		answer("priv=%d of=%zu sent=%d pending=%d taken=%s", priv, ARRAY_SIZE(signals), sent, pending, taken());
	}
}

CASE(not_allowed, "send_sig signal_pending kernel_dequeue_signal SIGKILL SIGINT SIGQUIT")
{
	in_thread(not_allowed);
}

static void bad(void)
{
	static const int signals[] = { -1, 65, 100, INT_MAX };
	int i;

	for (i = 0; i < ARRAY_SIZE(signals); i++) {
		int sent = send_sig(signals[i], current, 1);

		answer("signal=%d sent=%d pending=%d", signals[i], sent, signal_pending(current));
	}
}

CASE(bad, "send_sig")
{
	in_thread(bad);
}

static void allowed(void)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGKILL, SIGTERM, SIGCHLD, SIGCONT, SIGSTOP, SIGURG, 34, 64 };
	int i;

	for (i = 0; i < ARRAY_SIZE(signals); i++) {
		int sent, fatal;

		allow_signal(signals[i]);
		sent = send_sig(signals[i], current, 0);
		fatal = fatal_signal_pending(current);
		answer("signal=%d sent=%d fatal=%d %s", signals[i], sent, fatal, found());
	}
}

CASE(allowed, "allow_signal send_sig signal_pending fatal_signal_pending kernel_dequeue_signal")
{
	in_thread(allowed);
}

static void allows(const int *signals)
{
	for (; *signals; signals++)
		allow_signal(*signals);
}

static void order(void)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGKILL, SIGUSR1, SIGSEGV, SIGUSR2,
				       SIGTERM, SIGSYS, 34, 35, 64, 0 };

	allows(signals);
	sends(SIGTERM);
	sends(SIGTERM);
	sends(SIGUSR1);
	sends(SIGKILL);
	sends(SIGINT);
	answer("lowest_first=%s", taken());
	sends(SIGTERM);
	sends(SIGHUP);
	sends(SIGSEGV);
	sends(SIGFPE);
	sends(SIGSYS);
	sends(SIGKILL);
	answer("faults=%s", taken());
	sends(64);
	sends(35);
	sends(35);
	sends(34);
	sends(35);
	sends(SIGUSR2);
	answer("realtime=%s", taken());
}

CASE(order, "send_sig kernel_dequeue_signal allow_signal")
{
	in_thread(order);
}

static void flushed(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGKILL, 40, 0 };
	int was;

	allows(signals);
	sends(SIGINT);
	sends(SIGKILL);
	sends(40);
	was = signal_pending(current);
	flush_signals(current);
	answer("was=%d fatal=%d %s", was, fatal_signal_pending(current), found());
	sends(SIGTERM);
	answer("still_allowed %s", found());
	flush_signals(current);
	answer("none pending=%d", signal_pending(current));
}

CASE(flushed, "flush_signals signal_pending fatal_signal_pending")
{
	in_thread(flushed);
}

static void disallowed(void)
{
	int was;

	allow_signal(SIGTERM);
	allow_signal(SIGUSR1);
	sends(SIGTERM);
	was = signal_pending(current);
	disallow_signal(SIGTERM);
	answer("was=%d %s", was, found());
	allow_signal(SIGTERM);
	answer("allowed_again %s", found());
	sends(SIGTERM);
	sends(SIGUSR1);
	disallow_signal(SIGTERM);
	answer("other %s", found());
	disallow_signal(SIGUSR1);
	disallow_signal(SIGUSR1);
	sends(SIGUSR1);
	answer("twice %s", found());
}

CASE(disallowed, "allow_signal disallow_signal signal_pending")
{
	in_thread(disallowed);
}

/* Allowed for the kernel's own alone. */
static void from_kernel(void)
{
	allow_kernel_signal(SIGTERM);
	send_sig(SIGTERM, current, 0);
	answer("priv=0 %s", found());
	send_sig(SIGTERM, current, 1);
	answer("priv=1 %s", found());
	send_sig_info(SIGTERM, SEND_SIG_NOINFO, current);
	answer("noinfo %s", found());
	send_sig_info(SIGTERM, SEND_SIG_PRIV, current);
	answer("info_priv %s", found());
	allow_signal(SIGTERM);
	send_sig(SIGTERM, current, 0);
	answer("allowed priv=0 taken=%s", taken());
}

CASE(from_kernel, "allow_kernel_signal allow_signal send_sig send_sig_info SEND_SIG_NOINFO SEND_SIG_PRIV")
{
	in_thread(from_kernel);
}

static void blocked(void)
{
	sigset_t set, old, now;
	int done;

	allow_signal(SIGTERM);
	allow_signal(SIGINT);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	done = sigprocmask(SIG_BLOCK, &set, &old);
	answer("block=%d was_blocked=%d", done, sigismember(&old, SIGTERM));
	sends(SIGTERM);
	answer("%s", found());
	sends(SIGINT);
	answer("other %s", found());
	done = sigprocmask(SIG_UNBLOCK, &set, &now);
	answer("unblock=%d was_blocked=%d %s", done, sigismember(&now, SIGTERM), found());
	sigfillset(&set);
	done = sigprocmask(SIG_SETMASK, &set, NULL);
	sends(SIGTERM);
	sends(SIGINT);
	answer("all=%d %s", done, found());
	done = sigprocmask(SIG_SETMASK, &old, &now);
	answer("none=%d were_blocked=%d,%d %s", done, sigismember(&now, SIGTERM),
	       sigismember(&now, SIGINT), found());
	answer("bad=%d", sigprocmask(3, &set, &old));
}

CASE(blocked, "sigprocmask SIG_BLOCK SIG_UNBLOCK SIG_SETMASK sigset_t sigemptyset sigaddset sigfillset sigismember")
{
	in_thread(blocked);
}

static void blocked_and_flushed(void)
{
	sigset_t set;

	allow_signal(SIGTERM);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	sends(SIGTERM);
	flush_signals(current);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	answer("flushed %s", found());
	sigprocmask(SIG_BLOCK, &set, NULL);
	disallow_signal(SIGTERM);
	sends(SIGTERM);
	/* What is blocked is not dropped, though it is ignored: it may be allowed later. */
	allow_signal(SIGTERM);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	answer("ignored_while_blocked %s", found());
}

CASE(blocked_and_flushed, "sigprocmask flush_signals disallow_signal send_sig")
{
	in_thread(blocked_and_flushed);
}

/* A stop takes a pending SIGCONT away, and the other way round. */
static void stops(void)
{
	static const int signals[] = { SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGCONT, SIGTERM, 0 };

	allows(signals);
	sends(SIGSTOP);
	sends(SIGSTOP);
	sends(SIGTSTP);
	answer("stops %s", found());
	sends(SIGTSTP);
	sends(SIGTERM);
	sends(SIGTTIN);
	sends(SIGTTOU);
	sends(SIGCONT);
	answer("cont_after_stops %s", found());
	sends(SIGCONT);
	sends(SIGTSTP);
	answer("stop_after_cont %s", found());
	sends(SIGCONT);
	sends(SIGSTOP);
	sends(SIGCONT);
	answer("cont_stop_cont %s", found());
}

CASE(stops, "send_sig kernel_dequeue_signal signal_pending")
{
	in_thread(stops);
}

/* A SIGCONT that nobody allowed, too. */
static void stops_ignored(void)
{
	int before, after;

	allow_signal(SIGSTOP);
	sends(SIGSTOP);
	before = signal_pending(current);
	sends(SIGCONT);
	after = signal_pending(current);
	answer("cont_ignored before=%d after=%d %s", before, after, found());
	disallow_signal(SIGSTOP);
	allow_signal(SIGCONT);
	sends(SIGCONT);
	before = signal_pending(current);
	sends(SIGSTOP);
	after = signal_pending(current);
	answer("stop_ignored before=%d after=%d %s", before, after, found());
}

CASE(stops_ignored, "send_sig kernel_dequeue_signal signal_pending")
{
	in_thread(stops_ignored);
}

/* signal_pending_state() of each state. */
static void by_state(void)
{
	static const unsigned int states[] = { TASK_RUNNING, TASK_INTERRUPTIBLE, TASK_UNINTERRUPTIBLE, TASK_KILLABLE,
					       TASK_IDLE, TASK_WAKEKILL, TASK_PARKED };
	static const int signals[] = { 0, SIGTERM, SIGKILL };
	int i, n;

	allow_signal(SIGTERM);
	allow_signal(SIGKILL);
	for (n = 0; n < ARRAY_SIZE(signals); n++) {
		int pending[ARRAY_SIZE(states)];

		if (signals[n])
			sends(signals[n]);
		for (i = 0; i < ARRAY_SIZE(states); i++)
			pending[i] = signal_pending_state(states[i], current);
		answer("signal=%d running=%d interruptible=%d uninterruptible=%d killable=%d idle=%d wakekill=%d parked=%d",
		       signals[n], pending[0], pending[1], pending[2], pending[3], pending[4], pending[5], pending[6]);
		flush_signals(current);
	}
}

CASE(by_state, "signal_pending_state TASK_RUNNING TASK_INTERRUPTIBLE TASK_UNINTERRUPTIBLE TASK_KILLABLE TASK_IDLE"
	       " TASK_WAKEKILL TASK_PARKED")
{
	in_thread(by_state);
}

/* Which sleep which signal ends. */
struct sleeper {
	unsigned int state;
	bool allows;
	struct completion begun, ended;
};

static int sleeps(void *data)
{
	struct sleeper *sleeper = data;

	if (sleeper->allows) {
		allow_signal(SIGTERM);
		allow_signal(SIGKILL);
	}
	complete(&sleeper->begun);
	set_current_state(sleeper->state);
	schedule();
	complete(&sleeper->ended);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

CASE(wakes, "send_sig allow_signal set_current_state schedule wake_up_process TASK_INTERRUPTIBLE TASK_UNINTERRUPTIBLE"
	    " TASK_KILLABLE TASK_IDLE")
{
	static const unsigned int states[] = { TASK_INTERRUPTIBLE, TASK_UNINTERRUPTIBLE, TASK_KILLABLE, TASK_IDLE };
	static const int signals[] = { SIGTERM, SIGKILL };
	int i, n, allow;

	for (i = 0; i < ARRAY_SIZE(states); i++)
		for (n = 0; n < ARRAY_SIZE(signals); n++)
			for (allow = 0; allow < 2; allow++) {
				struct sleeper sleeper = { .state = states[i], .allows = allow };
				struct task_struct *task;
				bool woken;

				init_completion(&sleeper.begun);
				init_completion(&sleeper.ended);
				task = ask_thread(sleeps, &sleeper);
				if (!task)
					return;
				wait_for_completion(&sleeper.begun);
				until_state(task, states[i]);
				send_sig(signals[n], task, 1);
				/* Who was woken is not in that state any more. */
				woken = READ_ONCE(task->__state) != states[i];
				answer("state=0x%x signal=%d allowed=%d woken=%d pending=%d", states[i], signals[n], allow,
				       woken, signal_pending(task));
				if (!woken)
					wake_up_process(task);
				wait_for_completion(&sleeper.ended);
				kthread_stop(task);
			}
}

/* To the task's group by its pid: what is sent to the thread itself comes first. */
static void by_pid(void)
{
	static const int signals[] = { SIGINT, SIGUSR1, SIGTERM, 0 };
	int sent[3];

	allows(signals);
	sent[0] = kill_pid(task_pid(current), SIGINT, 1);
	sent[1] = kill_pid(task_pid(current), 0, 1);
	sent[2] = kill_pid(task_pid(current), 99, 1);
	answer("sent=%d none=%d bad=%d %s", sent[0], sent[1], sent[2], found());
	kill_pid(task_pid(current), SIGINT, 1);
	sends(SIGTERM);
	kill_pid(task_pid(current), SIGTERM, 1);
	sends(SIGUSR1);
	answer("both taken=%s", taken());
}

CASE(by_pid, "kill_pid task_pid send_sig kernel_dequeue_signal")
{
	in_thread(by_pid);
}

/* From another task, and flushed by another. */
static struct completion go;
static const char *other_took;

static int receives(void *data)
{
	allow_signal(SIGUSR1);
	allow_signal(SIGTERM);
	complete(&ended);
	wait_for_completion(&go);
	other_took = taken();
	complete(&ended);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

CASE(other_task, "send_sig flush_signals signal_pending")
{
	struct task_struct *task;
	int n;

	for (n = 0; n < 2; n++) {
		int was;

		init_completion(&ended);
		init_completion(&go);
		task = ask_thread(receives, NULL);
		if (!task)
			return;
		wait_for_completion(&ended);
		send_sig(SIGTERM, task, 1);
		send_sig(SIGUSR1, task, 0);
		was = signal_pending(task);
		if (n)
			flush_signals(task);
		answer("was=%d flush=%d pending=%d", was, n, signal_pending(task));
		complete(&go);
		wait_for_completion(&ended);
		answer("taken=%s", other_took);
		kthread_stop(task);
	}
}

/* What stop makes of signal_pending(): no signal, and no flush ends it. */
static int looks_when_stopped(void *data)
{
	int flushed, took;

	allow_signal(SIGTERM);
	complete(&ended);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(MAX_SCHEDULE_TIMEOUT);
	took = kernel_dequeue_signal();
	flush_signals(current);
	flushed = signal_pending(current);
	answer("taken=%d flushed=%d fatal=%d state_interruptible=%d killable=%d", took, flushed,
	       fatal_signal_pending(current), signal_pending_state(TASK_INTERRUPTIBLE, current),
	       signal_pending_state(TASK_KILLABLE, current));
	sends(SIGTERM);
	answer("%s", found());
	return 0;
}

CASE(stopped, "kthread_stop signal_pending flush_signals kernel_dequeue_signal signal_pending_state")
{
	struct task_struct *task;

	init_completion(&ended);
	task = ask_thread(looks_when_stopped, NULL);
	if (!task)
		return;
	wait_for_completion(&ended);
	kthread_stop(task);
}

/* kernel_sigaction() with what a kthread's handlers may be. */
static void actions(void)
{
	kernel_sigaction(SIGTERM, SIG_KTHREAD);
	sends(SIGTERM);
	answer("kthread taken=%s", taken());
	kernel_sigaction(SIGTERM, SIG_KTHREAD_KERNEL);
	send_sig(SIGTERM, current, 0);
	answer("kthread_kernel priv=0 taken=%s", taken());
	sends(SIGTERM);
	answer("kthread_kernel priv=1 taken=%s", taken());
	sends(SIGTERM);
	kernel_sigaction(SIGTERM, SIG_IGN);
	answer("ign %s", found());
	kernel_sigaction(SIGURG, SIG_DFL);
	sends(SIGURG);
	answer("dfl_of_ignored %s", found());
}

CASE(actions, "kernel_sigaction SIG_KTHREAD SIG_KTHREAD_KERNEL SIG_IGN SIG_DFL")
{
	in_thread(actions);
}

/* Sets. */
CASE(sets, "sigset_t sigemptyset sigfillset sigaddset sigdelset sigismember sigisemptyset siginitset siginitsetinv sigaddsetmask"
	   " sigdelsetmask sigmask valid_signal")
{
	sigset_t set;

	sigemptyset(&set);
	answer("empty=%d first=%d last=%d", sigisemptyset(&set), sigismember(&set, 1), sigismember(&set, 64));
	sigaddset(&set, 1);
	sigaddset(&set, 64);
	answer("added empty=%d first=%d second=%d last=%d", sigisemptyset(&set), sigismember(&set, 1), sigismember(&set, 2),
	       sigismember(&set, 64));
	sigdelset(&set, 1);
	answer("removed first=%d last=%d", sigismember(&set, 1), sigismember(&set, 64));
	sigfillset(&set);
	answer("full first=%d last=%d", sigismember(&set, 1), sigismember(&set, 64));
	siginitset(&set, sigmask(SIGTERM) | sigmask(SIGKILL));
	answer("init term=%d kill=%d int=%d last=%d", sigismember(&set, SIGTERM), sigismember(&set, SIGKILL),
	       sigismember(&set, SIGINT), sigismember(&set, 64));
	siginitsetinv(&set, sigmask(SIGKILL));
	answer("inverse term=%d kill=%d last=%d", sigismember(&set, SIGTERM), sigismember(&set, SIGKILL),
	       sigismember(&set, 64));
	sigdelsetmask(&set, sigmask(SIGTERM));
	sigaddsetmask(&set, sigmask(SIGKILL));
	answer("masked term=%d kill=%d", sigismember(&set, SIGTERM), sigismember(&set, SIGKILL));
	answer("mask=0x%lx,0x%lx", sigmask(1), sigmask(15));
	answer("valid=%d,%d,%d,%d", valid_signal(0), valid_signal(1), valid_signal(64), valid_signal(65));
}

ASK_MODULE(&case_not_allowed, &case_bad, &case_allowed, &case_order, &case_flushed, &case_disallowed, &case_from_kernel,
	   &case_blocked, &case_blocked_and_flushed, &case_stops, &case_stops_ignored, &case_by_state, &case_wakes,
	   &case_by_pid, &case_other_task, &case_stopped, &case_actions, &case_sets);

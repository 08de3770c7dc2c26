// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Random signals to a thread that is about to do nothing else: which are pending, in which order
 * they are taken, and what is left. The thread makes the calls itself, but for those of others: a
 * signal's sender is the thread that asks.
 */
#include "random.h"
#include <linux/sched/signal.h>
#include <linux/signal.h>

static struct completion turn, done;
static int do_what, with, result;

enum { ALLOW, DISALLOW, FLUSH, PENDING, DEQUEUE, BLOCK, UNBLOCK, END };

static int obeys(void *data)
{
	for (;;) {
		sigset_t set;

		wait_for_completion(&turn);
		result = 0;
		switch (do_what) {
		case ALLOW:
			allow_signal(with);
			break;
		case DISALLOW:
			disallow_signal(with);
			break;
		case FLUSH:
			flush_signals(current);
			break;
		case PENDING:
			break;
		case DEQUEUE:
			result = kernel_dequeue_signal();
			break;
		case BLOCK:
		case UNBLOCK:
			siginitset(&set, sigmask(with));
			result = sigprocmask(do_what == BLOCK ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
			break;
		case END:
			complete(&done);
			while (!kthread_should_stop())
				schedule_timeout_uninterruptible(1);
			return 0;
		}
		complete(&done);
	}
}

static void tell(int what, int sig)
{
	do_what = what;
	with = sig;
	complete(&turn);
	wait_for_completion(&done);
}

CASE(sequences, "allow_signal disallow_signal flush_signals kernel_dequeue_signal send_sig signal_pending sigprocmask")
{
	static char said[500];
	unsigned int round;
	int step;

	for (round = 0; round < 30; round++) {
		struct task_struct *task;

		random_begin(round);
		init_completion(&turn);
		init_completion(&done);
		task = ask_thread(obeys, NULL);
		if (!task)
			return;
		said[0] = '\0';
		for (step = 0; step < 16; step++) {
			int sig = random_of(SIGHUP, SIGINT, SIGUSR1, SIGUSR1, SIGTERM, SIGCHLD, SIGCONT, SIGSTOP, SIGTSTP, SIGIO, 40, 40);
			int ret;

			switch (random_below(10)) {
			case 0:
			case 1:
				tell(ALLOW, sig);
				snprintf(said + strlen(said), sizeof(said) - strlen(said), " allow%d", sig);
				break;
			case 2:
				tell(DISALLOW, sig);
				snprintf(said + strlen(said), sizeof(said) - strlen(said), " disallow%d", sig);
				break;
			case 3:
				if (random_below(3) == 0) {
					tell(FLUSH, 0);
					strcat(said, " flush");
				}
				break;
			case 4:
			case 5:
			case 6:
			case 7:
				ret = send_sig(sig, task, random_below(2));
				snprintf(said + strlen(said), sizeof(said) - strlen(said), " send%d=%d", sig, ret);
				break;
			case 8:
				tell(DEQUEUE, 0);
				snprintf(said + strlen(said), sizeof(said) - strlen(said), " got=%d", result);
				break;
			case 9:
				tell(random_of(BLOCK, UNBLOCK), random_of(SIGUSR1, SIGHUP, SIGTERM));
				snprintf(said + strlen(said), sizeof(said) - strlen(said), " %s%d", do_what == BLOCK ? "block" : "unblock",
					 with);
				break;
			}
			snprintf(said + strlen(said), sizeof(said) - strlen(said), "/%d,%lx,%lx", signal_pending(task),
				 task->pending.signal.sig[0], task->blocked.sig[0]);
		}
		answer("%u%s", round, said);
		tell(END, 0);
		kthread_stop(task);
	}
}

ASK_MODULE(&case_sequences);

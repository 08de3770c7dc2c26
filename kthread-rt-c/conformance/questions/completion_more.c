// SPDX-License-Identifier: MIT OR Apache-2.0
/* Completions that are made in other ways, and waited for in any state. */
#include "ask.h"

CASE(on_stack, "COMPLETION_INITIALIZER_ONSTACK COMPLETION_INITIALIZER_ONSTACK_MAP DECLARE_COMPLETION_ONSTACK_MAP init_completion_map"
	       " completion.done")
{
#ifdef CONFIG_LOCKDEP
	static struct lock_class_key key;
	struct lockdep_map map = STATIC_LOCKDEP_MAP_INIT("ask", &key);
#endif
	DECLARE_COMPLETION_ONSTACK_MAP(declared, map);
	struct completion x;

	x.done = 7;
	x = COMPLETION_INITIALIZER_ONSTACK(x);
	answer("initialized=%u declared=%u", x.done, declared.done);
	complete(&x);
	complete(&declared);
	answer("complete=%u,%u", x.done, declared.done);
	init_completion_map(&x, &map);
	answer("init=%u waits=%d", x.done, !swait_active(&x.wait));
	x.done = 7;
	x = COMPLETION_INITIALIZER_ONSTACK_MAP(x, map);
	answer("initialized=%u try=%d", x.done, try_wait_for_completion(&x));
}

struct waiter {
	struct completion begun, waited, ended;
	unsigned int state;
	int result;
};

static int waits(void *data)
{
	struct waiter *waiter = data;

	allow_signal(SIGUSR1);
	complete(&waiter->begun);
	waiter->result = wait_for_completion_state(&waiter->waited, waiter->state);
	complete(&waiter->ended);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

static void in_state(const char *what, unsigned int state, unsigned int seen, int signal)
{
	static struct waiter waiter;
	struct task_struct *task;
	bool ended;

	init_completion(&waiter.begun);
	init_completion(&waiter.waited);
	init_completion(&waiter.ended);
	waiter.state = state;
	task = ask_thread(waits, &waiter);
	if (!task)
		return;
	wait_for_completion(&waiter.begun);
	until_state(task, seen);
	if (signal) {
		send_sig(signal, task, 1);
		wait_for_completion(&waiter.ended);
	} else {
		complete(&waiter.waited);
		wait_for_completion(&waiter.ended);
	}
	ended = try_wait_for_completion(&waiter.waited);
	answer("%s result=%d left=%d", what, waiter.result, ended);
	kthread_stop(task);
}

CASE(state, "wait_for_completion_state TASK_UNINTERRUPTIBLE TASK_INTERRUPTIBLE TASK_KILLABLE TASK_IDLE")
{
	DECLARE_COMPLETION_ONSTACK(done);
	int first;

	complete(&done);
	first = wait_for_completion_state(&done, TASK_KILLABLE);
	answer("already=%d done=%u", first, done.done);
	complete_all(&done);
	first = wait_for_completion_state(&done, TASK_IDLE);
	answer("of_all=%d done=%d", first, done.done == UINT_MAX);
	in_state("uninterruptible", TASK_UNINTERRUPTIBLE, TASK_UNINTERRUPTIBLE, 0);
	in_state("interruptible", TASK_INTERRUPTIBLE, TASK_INTERRUPTIBLE, 0);
	in_state("killable", TASK_KILLABLE, TASK_KILLABLE, 0);
	in_state("idle", TASK_IDLE, TASK_IDLE, 0);
	in_state("signalled", TASK_INTERRUPTIBLE, TASK_INTERRUPTIBLE, SIGUSR1);
}

ASK_MODULE(&case_on_stack, &case_state);

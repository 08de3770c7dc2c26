// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Wait queues from the side of who waits, step by step: entries, prepare_to_wait() and its
 * relatives, wait_woken(), and the wake functions.
 */
#include "ask.h"
#include <linux/wait.h>

static struct completion begun, ended;

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

static int custom(struct wait_queue_entry *entry, unsigned int mode, int flags, void *key)
{
	return 0;
}

CASE(initialisers, "DEFINE_WAIT DEFINE_WAIT_FUNC DECLARE_WAITQUEUE init_wait init_wait_entry init_waitqueue_entry"
		   " wait_queue_entry_t wait_queue_entry.flags wait_queue_entry.private wait_queue_entry.func"
		   " wait_queue_entry.entry autoremove_wake_function default_wake_function WQ_FLAG_EXCLUSIVE")
{
	DEFINE_WAIT(defined);
	DEFINE_WAIT_FUNC(function, custom);
	DECLARE_WAITQUEUE(declared, current);
	wait_queue_entry_t entry;

	answer("DEFINE_WAIT flags=%u current=%d autoremove=%d empty=%d", defined.flags, defined.private == current,
	       defined.func == autoremove_wake_function, list_empty(&defined.entry));
	answer("DEFINE_WAIT_FUNC flags=%u current=%d custom=%d empty=%d", function.flags, function.private == current,
	       function.func == custom, list_empty(&function.entry));
	answer("DECLARE_WAITQUEUE flags=%u current=%d default=%d", declared.flags, declared.private == current,
	       declared.func == default_wake_function);
	memset(&entry, 0xff, sizeof(entry));
	init_wait(&entry);
	answer("init_wait flags=%u current=%d autoremove=%d empty=%d", entry.flags, entry.private == current,
	       entry.func == autoremove_wake_function, list_empty(&entry.entry));
	memset(&entry, 0xff, sizeof(entry));
	init_wait_entry(&entry, WQ_FLAG_EXCLUSIVE);
	answer("init_wait_entry flags=%u current=%d autoremove=%d empty=%d", entry.flags, entry.private == current,
	       entry.func == autoremove_wake_function, list_empty(&entry.entry));
	/* These leave the list as it is. */
	memset(&entry, 0xff, sizeof(entry));
	init_waitqueue_entry(&entry, current);
	answer("init_waitqueue_entry flags=%u current=%d default=%d list_kept=%d", entry.flags, entry.private == current,
	       entry.func == default_wake_function, entry.entry.next == (void *)-1L);
	memset(&entry, 0xff, sizeof(entry));
	init_waitqueue_func_entry(&entry, custom);
	answer("init_waitqueue_func_entry flags=%u private=%d custom=%d list_kept=%d", entry.flags, !!entry.private,
	       entry.func == custom, entry.entry.next == (void *)-1L);
}

CASE(prepare, "prepare_to_wait finish_wait wait_queue_entry.flags DEFINE_WAIT waitqueue_active task_struct.__state")
{
	static const unsigned int states[] = { TASK_INTERRUPTIBLE, TASK_UNINTERRUPTIBLE, TASK_IDLE };
	DECLARE_WAIT_QUEUE_HEAD_ONSTACK(queue);
	int i;

	for (i = 0; i < ARRAY_SIZE(states); i++) {
		DEFINE_WAIT(entry);
		unsigned int state, again;
		int active;

		prepare_to_wait(&queue, &entry, states[i]);
		state = READ_ONCE(current->__state);
		__set_current_state(TASK_RUNNING);
		prepare_to_wait(&queue, &entry, states[i]);
		again = READ_ONCE(current->__state);
		active = waitqueue_active(&queue);
		finish_wait(&queue, &entry);
		answer("state=0x%x again=0x%x active=%d flags=%u finished=0x%x active=%d empty=%d", state, again, active,
		       entry.flags, READ_ONCE(current->__state), waitqueue_active(&queue), list_empty(&entry.entry));
	}
}

CASE(prepare_exclusive, "prepare_to_wait_exclusive prepare_to_wait finish_wait WQ_FLAG_EXCLUSIVE wait_queue_head.head")
{
	DECLARE_WAIT_QUEUE_HEAD_ONSTACK(queue);
	DEFINE_WAIT(first);
	DEFINE_WAIT(second);
	DEFINE_WAIT(plain);
	bool was_empty[3];

	was_empty[0] = prepare_to_wait_exclusive(&queue, &first, TASK_INTERRUPTIBLE);
	was_empty[1] = prepare_to_wait_exclusive(&queue, &second, TASK_INTERRUPTIBLE);
	was_empty[2] = prepare_to_wait_exclusive(&queue, &first, TASK_INTERRUPTIBLE);
	prepare_to_wait(&queue, &plain, TASK_UNINTERRUPTIBLE);
	answer("was_empty=%d,%d,%d flags=%u,%u,%u state=0x%x", was_empty[0], was_empty[1], was_empty[2], first.flags,
	       second.flags, plain.flags, READ_ONCE(current->__state));
	answer("order=%d,%d,%d", queue.head.next == &plain.entry, plain.entry.next == &first.entry,
	       first.entry.next == &second.entry);
	finish_wait(&queue, &first);
	answer("finished first state=0x%x active=%d", READ_ONCE(current->__state), waitqueue_active(&queue));
	finish_wait(&queue, &second);
	finish_wait(&queue, &plain);
	answer("finished all active=%d", waitqueue_active(&queue));
}

CASE(finish_alone, "finish_wait DEFINE_WAIT set_current_state")
{
	DECLARE_WAIT_QUEUE_HEAD_ONSTACK(queue);
	DEFINE_WAIT(entry);

	set_current_state(TASK_INTERRUPTIBLE);
	finish_wait(&queue, &entry);
	answer("state=0x%x empty=%d", READ_ONCE(current->__state), list_empty(&entry.entry));
}

/* A wake-up between prepare and schedule. */
CASE(woken_before_sleep, "prepare_to_wait wake_up schedule finish_wait autoremove_wake_function waitqueue_active")
{
	DECLARE_WAIT_QUEUE_HEAD_ONSTACK(queue);
	DEFINE_WAIT(entry);

	prepare_to_wait(&queue, &entry, TASK_UNINTERRUPTIBLE);
	wake_up(&queue);
	answer("woken state=0x%x active=%d empty=%d", READ_ONCE(current->__state), waitqueue_active(&queue),
	       list_empty(&entry.entry));
	schedule();
	finish_wait(&queue, &entry);
	prepare_to_wait(&queue, &entry, TASK_UNINTERRUPTIBLE);
	answer("again active=%d", waitqueue_active(&queue));
	wake_up_interruptible(&queue);
	answer("not_woken state=0x%x active=%d", READ_ONCE(current->__state), waitqueue_active(&queue));
	finish_wait(&queue, &entry);
}

static void with_signal(void)
{
	static const unsigned int states[] = { TASK_INTERRUPTIBLE, TASK_UNINTERRUPTIBLE, TASK_KILLABLE };
	static const int signals[] = { 0, SIGTERM, SIGKILL };
	DECLARE_WAIT_QUEUE_HEAD_ONSTACK(queue);
	int i, n;

	allow_signal(SIGTERM);
	allow_signal(SIGKILL);
	for (n = 0; n < ARRAY_SIZE(signals); n++)
		for (i = 0; i < ARRAY_SIZE(states); i++) {
			DEFINE_WAIT(entry);
			unsigned int state;
			int active;
			long prepared;

			if (signals[n])
				send_sig(signals[n], current, 1);
			prepared = prepare_to_wait_event(&queue, &entry, states[i]);
			state = READ_ONCE(current->__state);
			active = waitqueue_active(&queue);
			finish_wait(&queue, &entry);
			answer("signal=%d state=0x%x prepared=%ld state_then=0x%x active=%d finished=0x%x", signals[n],
			       states[i], prepared, state, active, READ_ONCE(current->__state));
			flush_signals(current);
		}
}

CASE(prepare_event, "prepare_to_wait_event finish_wait send_sig ERESTARTSYS TASK_KILLABLE")
{
	in_thread(with_signal);
}

/*
 * A signal takes the entry off that an earlier call queued, and puts a new one on the end if it is
 * exclusive.
 */
static void event_again(void)
{
	DECLARE_WAIT_QUEUE_HEAD_ONSTACK(queue);
	DEFINE_WAIT(entry);
	DEFINE_WAIT(other);
	long prepared;

	allow_signal(SIGTERM);
	entry.flags = WQ_FLAG_EXCLUSIVE;
	prepared = prepare_to_wait_event(&queue, &entry, TASK_INTERRUPTIBLE);
	prepare_to_wait_exclusive(&queue, &other, TASK_INTERRUPTIBLE);
	answer("prepared=%ld first=%d", prepared, queue.head.next == &entry.entry);
	send_sig(SIGTERM, current, 1);
	prepared = prepare_to_wait_event(&queue, &entry, TASK_INTERRUPTIBLE);
	answer("signal prepared=%ld empty=%d first=%d", prepared, list_empty(&entry.entry), queue.head.next == &other.entry);
	flush_signals(current);
	prepared = prepare_to_wait_event(&queue, &entry, TASK_INTERRUPTIBLE);
	answer("again prepared=%ld last=%d", prepared, queue.head.prev == &entry.entry);
	finish_wait(&queue, &entry);
	finish_wait(&queue, &other);
}

CASE(prepare_event_again, "prepare_to_wait_event WQ_FLAG_EXCLUSIVE send_sig flush_signals")
{
	in_thread(event_again);
}

CASE(woken_flag, "wait_woken woken_wake_function WQ_FLAG_WOKEN DEFINE_WAIT_FUNC wake_up")
{
	DECLARE_WAIT_QUEUE_HEAD_ONSTACK(queue);
	DEFINE_WAIT_FUNC(entry, woken_wake_function);
	long left;

	add_wait_queue(&queue, &entry);
	answer("flags=0x%x", entry.flags);
	wake_up(&queue);
	answer("woken flags=0x%x active=%d", entry.flags, waitqueue_active(&queue));
	left = wait_woken(&entry, TASK_UNINTERRUPTIBLE, 50);
	answer("left=%ld flags=0x%x state=0x%x", left, entry.flags, READ_ONCE(current->__state));
	left = wait_woken(&entry, TASK_UNINTERRUPTIBLE, 2);
	answer("timed_out left=%ld flags=0x%x state=0x%x", left, entry.flags, READ_ONCE(current->__state));
	left = wait_woken(&entry, TASK_UNINTERRUPTIBLE, 0);
	answer("zero left=%ld state=0x%x", left, READ_ONCE(current->__state));
	wake_up(&queue);
	wake_up(&queue);
	left = wait_woken(&entry, TASK_INTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT);
	answer("max_left=%d flags=0x%x", left == MAX_SCHEDULE_TIMEOUT, entry.flags);
	remove_wait_queue(&queue, &entry);
}

static DECLARE_WAIT_QUEUE_HEAD(shared);

static int waits_woken(void *data)
{
	DEFINE_WAIT_FUNC(entry, woken_wake_function);
	long left;

	allow_signal(SIGTERM);
	add_wait_queue(&shared, &entry);
	complete(&begun);
	left = wait_woken(&entry, TASK_INTERRUPTIBLE, 3600 * HZ);
	answer("how=%s left_some=%d flags=0x%x pending=%d state=0x%x", (char *)data, left > 0, entry.flags,
	       signal_pending(current), READ_ONCE(current->__state));
	remove_wait_queue(&shared, &entry);
	complete(&ended);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

CASE(woken_sleeper, "wait_woken woken_wake_function wake_up wake_up_process send_sig kthread_stop")
{
	static char *const how[] = { "wake_up", "process", "signal" };
	int i;

	for (i = 0; i < ARRAY_SIZE(how); i++) {
		struct task_struct *task;

		init_completion(&begun);
		init_completion(&ended);
		task = ask_thread(waits_woken, how[i]);
		if (!task)
			return;
		wait_for_completion(&begun);
		until_state(task, TASK_INTERRUPTIBLE);
		if (i == 0)
			wake_up(&shared);
		else if (i == 1)
			wake_up_process(task);
		else
			send_sig(SIGTERM, task, 1);
		wait_for_completion(&ended);
		kthread_stop(task);
	}
}

/* wait_woken() does not sleep in a thread that is to stop. */
static int waits_when_stopped(void *data)
{
	DEFINE_WAIT_FUNC(entry, woken_wake_function);
	long left;

	complete(&begun);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(MAX_SCHEDULE_TIMEOUT);
	add_wait_queue(&shared, &entry);
	left = wait_woken(&entry, TASK_UNINTERRUPTIBLE, 10 * HZ);
	remove_wait_queue(&shared, &entry);
	answer("left_all=%d state=0x%x", left == 10 * HZ, READ_ONCE(current->__state));
	return 0;
}

CASE(woken_stopped, "wait_woken kthread_stop kthread_should_stop")
{
	struct task_struct *task;

	init_completion(&begun);
	task = ask_thread(waits_when_stopped, NULL);
	if (!task)
		return;
	wait_for_completion(&begun);
	kthread_stop(task);
}

/* The wake functions, called by hand. */
static int sleeps(void *data)
{
	struct wait_queue_entry *entry = data;

	entry->private = current;
	complete(&begun);
	set_current_state(TASK_UNINTERRUPTIBLE);
	schedule();
	complete(&ended);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

CASE(functions, "default_wake_function autoremove_wake_function woken_wake_function WQ_FLAG_WOKEN TASK_NORMAL")
{
	static const struct {
		const char *name;
		wait_queue_func_t func;
	} functions[] = {
		{ "default", default_wake_function },
		{ "autoremove", autoremove_wake_function },
		{ "woken", woken_wake_function },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(functions); i++) {
		DECLARE_WAIT_QUEUE_HEAD_ONSTACK(queue);
		DEFINE_WAIT_FUNC(entry, functions[i].func);
		struct task_struct *task;
		int other, sleeping, awake;

		init_completion(&begun);
		init_completion(&ended);
		task = ask_thread(sleeps, &entry);
		if (!task)
			return;
		wait_for_completion(&begun);
		until_state(task, TASK_UNINTERRUPTIBLE);
		add_wait_queue(&queue, &entry);
		other = functions[i].func(&entry, TASK_INTERRUPTIBLE, 0, NULL);
		sleeping = functions[i].func(&entry, TASK_NORMAL, 0, NULL);
		wait_for_completion(&ended);
		answer("function=%s other_state=%d sleeping=%d active=%d flags=0x%x", functions[i].name, other, sleeping,
		       waitqueue_active(&queue), entry.flags);
		if (waitqueue_active(&queue))
			remove_wait_queue(&queue, &entry);
		add_wait_queue(&queue, &entry);
		entry.private = current;
		awake = functions[i].func(&entry, TASK_NORMAL, 0, NULL);
		answer("function=%s awake=%d active=%d", functions[i].name, awake, waitqueue_active(&queue));
		remove_wait_queue(&queue, &entry);
		kthread_stop(task);
	}
}

/* A function of the module's own that asks the key first, and then wakes as others do. */
static int wakes_for_key(struct wait_queue_entry *entry, unsigned int mode, int flags, void *key)
{
	if (key && key != (void *)7UL)
		return 0;
	return autoremove_wake_function(entry, mode, flags, key);
}

static int waits_for_key(void *data)
{
	DEFINE_WAIT_FUNC(entry, wakes_for_key);

	prepare_to_wait_exclusive(&shared, &entry, TASK_INTERRUPTIBLE);
	complete(&begun);
	schedule();
	finish_wait(&shared, &entry);
	complete(&ended);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

CASE(own_function, "__wake_up autoremove_wake_function DEFINE_WAIT_FUNC prepare_to_wait_exclusive")
{
	struct task_struct *task;

	init_completion(&begun);
	init_completion(&ended);
	task = ask_thread(waits_for_key, NULL);
	if (!task)
		return;
	wait_for_completion(&begun);
	until_state(task, TASK_INTERRUPTIBLE);
	__wake_up(&shared, TASK_NORMAL, 1, (void *)6UL);
	answer("other_key state=0x%x active=%d", READ_ONCE(task->__state), waitqueue_active(&shared));
	__wake_up(&shared, TASK_UNINTERRUPTIBLE, 1, (void *)7UL);
	answer("other_mode state=0x%x active=%d", READ_ONCE(task->__state), waitqueue_active(&shared));
	__wake_up(&shared, TASK_NORMAL, 1, (void *)7UL);
	answer("its_key active=%d", waitqueue_active(&shared));
	wait_for_completion(&ended);
	kthread_stop(task);
}

CASE(constants, "WQ_FLAG_EXCLUSIVE WQ_FLAG_WOKEN WQ_FLAG_PRIORITY TASK_NORMAL TASK_FREEZABLE ERESTARTSYS EINTR EAGAIN ETIME"
		" EINVAL"
		" ENOENT EACCES ENOSYS ESRCH EBUSY")
{
	answer("exclusive=0x%x woken=0x%x priority=0x%x normal=0x%x freezable=0x%x", WQ_FLAG_EXCLUSIVE, WQ_FLAG_WOKEN,
	       WQ_FLAG_PRIORITY,
	       TASK_NORMAL, TASK_FREEZABLE);
	answer("errors=%d,%d,%d,%d,%d,%d,%d,%d,%d,%d", ERESTARTSYS, EINTR, EAGAIN, ETIME, EINVAL, ENOENT, EACCES, ENOSYS, ESRCH,
	       EBUSY);
}

ASK_MODULE(&case_initialisers, &case_prepare, &case_prepare_exclusive, &case_finish_alone, &case_woken_before_sleep,
	   &case_prepare_event, &case_prepare_event_again, &case_woken_flag, &case_woken_sleeper, &case_woken_stopped,
	   &case_functions, &case_own_function, &case_constants);

// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Of wait queues, what fewer modules use: waits under the queue's own lock, do_wait_intr(), keys
 * with the synchronous hint, pollfree.
 */
#include "ask.h"
#include <linux/poll.h>
#include <linux/wait.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static bool flag;

static long locked(void)
{
	long returned;

	spin_lock(&queue.lock);
	returned = wait_event_interruptible_locked(queue, READ_ONCE(flag));
	spin_unlock(&queue.lock);
	return returned;
}

static long locked_irq(void)
{
	long returned;

	spin_lock_irq(&queue.lock);
	returned = wait_event_interruptible_locked_irq(queue, READ_ONCE(flag));
	spin_unlock_irq(&queue.lock);
	return returned;
}

static long exclusive_locked(void)
{
	long returned;

	spin_lock(&queue.lock);
	returned = wait_event_interruptible_exclusive_locked(queue, READ_ONCE(flag));
	spin_unlock(&queue.lock);
	return returned;
}

static long exclusive_locked_irq(void)
{
	long returned;

	spin_lock_irq(&queue.lock);
	returned = wait_event_interruptible_exclusive_locked_irq(queue, READ_ONCE(flag));
	spin_unlock_irq(&queue.lock);
	return returned;
}

static DEFINE_SPINLOCK(lock);
static int cmds;

static long interruptible_lock_irq_cmd(void)
{
	long returned;

	spin_lock_irq(&lock);
	returned = wait_event_interruptible_lock_irq_cmd(queue, READ_ONCE(flag), lock, cmds++);
	spin_unlock_irq(&lock);
	return returned;
}

static const struct variant {
	const char *name;
	long (*wait)(void);
} variants[] = {
	{ "locked", locked },
	{ "locked_irq", locked_irq },
	{ "exclusive_locked", exclusive_locked },
	{ "exclusive_locked_irq", exclusive_locked_irq },
	{ "interruptible_lock_irq_cmd", interruptible_lock_irq_cmd },
};

struct waiter {
	const struct variant *variant;
	struct completion begun, ended;
	long returned;
};

static int waits(void *data)
{
	struct waiter *waiter = data;

	allow_signal(SIGTERM);
	complete(&waiter->begun);
	waiter->returned = waiter->variant->wait();
	complete(&waiter->ended);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

CASE(waits, "wait_event_interruptible_locked wait_event_interruptible_locked_irq wait_event_interruptible_exclusive_locked"
	    " wait_event_interruptible_exclusive_locked_irq wait_event_interruptible_lock_irq_cmd wake_up_locked send_sig")
{
	int i, how;

	for (i = 0; i < ARRAY_SIZE(variants); i++) {
		long at_once;

		flag = true;
		cmds = 0;
		at_once = variants[i].wait();
		answer("wait=%s at_once=%ld cmds=%d", variants[i].name, at_once, cmds);
		for (how = 0; how < 2; how++) {
			struct waiter waiter = { .variant = &variants[i] };
			struct task_struct *task;

			WRITE_ONCE(flag, false);
			init_completion(&waiter.begun);
			init_completion(&waiter.ended);
			task = ask_thread(waits, &waiter);
			if (!task)
				return;
			wait_for_completion(&waiter.begun);
			until_asleep(task, TASK_INTERRUPTIBLE);
			if (how) {
				send_sig(SIGTERM, task, 1);
			} else {
				spin_lock_irq(&queue.lock);
				WRITE_ONCE(flag, true);
				wake_up_locked(&queue);
				spin_unlock_irq(&queue.lock);
			}
			wait_for_completion(&waiter.ended);
			answer("wait=%s %s=%ld active=%d cmds=%d", variants[i].name, how ? "signalled" : "woken", waiter.returned,
			       waitqueue_active(&queue), cmds);
			kthread_stop(task);
		}
	}
}

/* do_wait_intr() queues, sleeps once, and gives the lock back meanwhile. */
static long slept;

static int sleeps_once(void *data)
{
	DEFINE_WAIT(entry);

	allow_signal(SIGTERM);
	spin_lock_irq(&queue.lock);
	slept = do_wait_intr_irq(&queue, &entry);
	__remove_wait_queue(&queue, &entry);
	spin_unlock_irq(&queue.lock);
	__set_current_state(TASK_RUNNING);
	send_sig(SIGTERM, current, 1);
	spin_lock(&queue.lock);
	answer("woken=%ld then_signal=%d", slept, do_wait_intr(&queue, &entry));
	spin_unlock(&queue.lock);
	__set_current_state(TASK_RUNNING);
	complete(data);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

CASE(intr, "do_wait_intr do_wait_intr_irq __remove_wait_queue")
{
	DECLARE_COMPLETION_ONSTACK(ended);
	struct task_struct *task = ask_thread(sleeps_once, &ended);

	if (!task)
		return;
	until_asleep(task, TASK_INTERRUPTIBLE);
	wake_up_process(task);
	wait_for_completion(&ended);
	kthread_stop(task);
	answer("active=%d", waitqueue_active(&queue));
}

static unsigned int mode_seen;
static int flags_seen;
static unsigned long key_seen;

static int notes(struct wait_queue_entry *entry, unsigned int mode, int flags, void *key)
{
	mode_seen = mode;
	flags_seen = flags;
	key_seen = (unsigned long)key;
	return 1;
}

#define told(call) \
	do { \
		mode_seen = flags_seen = key_seen = 0; \
		call; \
		answer("call=[%s] mode=0x%x flags=0x%x key=0x%lx", #call, mode_seen, flags_seen, key_seen); \
	} while (0)

CASE(told, "wake_up_locked_poll wake_up_interruptible_sync_poll wake_up_interruptible_sync_poll_locked __wake_up_sync_key"
	   " __wake_up_locked_key wake_up_pollfree EPOLLIN EPOLLOUT POLLFREE")
{
	DEFINE_WAIT_FUNC(entry, notes);

	add_wait_queue(&queue, &entry);
	told(wake_up_interruptible_sync_poll(&queue, EPOLLIN));
	told(__wake_up_sync_key(&queue, TASK_NORMAL, (void *)5UL));
	spin_lock_irq(&queue.lock);
	told(wake_up_locked_poll(&queue, EPOLLOUT));
	told(wake_up_interruptible_sync_poll_locked(&queue, EPOLLIN));
	told(__wake_up_locked_key(&queue, TASK_NORMAL, (void *)6UL));
	spin_unlock_irq(&queue.lock);
	remove_wait_queue(&queue, &entry);
	told(wake_up_pollfree(&queue));
	answer("pollfree=0x%x", (unsigned int)POLLFREE);
}

/* What a wake-up returns: how many of the exclusive it woke. */
CASE(counts, "wake_up_nr wake_up_all")
{
	struct wait_queue_entry entries[3];
	int i, one, two, all;

	for (i = 0; i < 3; i++) {
		init_waitqueue_func_entry(&entries[i], notes);
		add_wait_queue_exclusive(&queue, &entries[i]);
	}
	one = wake_up(&queue);
	two = wake_up_nr(&queue, 2);
	all = wake_up_all(&queue);
	for (i = 0; i < 3; i++)
		remove_wait_queue(&queue, &entries[i]);
	answer("one=%d two=%d all=%d none=%d", one, two, all, wake_up(&queue));
}

ASK_MODULE(&case_waits, &case_intr, &case_told, &case_counts);

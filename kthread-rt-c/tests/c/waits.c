// SPDX-License-Identifier: MIT OR Apache-2.0
/* Waits with the queue's own lock, keys of wake-ups, entries that are static, and simple wait queues. */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/swait.h>
#include <linux/wait.h>

static DECLARE_WAIT_QUEUE_HEAD(wq);
static DECLARE_WAITQUEUE(entry, NULL);
static DECLARE_SWAIT_QUEUE_HEAD(sq);
static DECLARE_COMPLETION(begun);
static bool ready;
static int served, order[3];

/* Notes the key, and says that it woke somebody. */
static unsigned long keys;
static int note_key(struct wait_queue_entry *of, unsigned int mode, int flags, void *key)
{
	keys = keys * 16 + (unsigned long)key_to_poll(key);
	return 1;
}

static int locked_waiter(void *data)
{
	int ret;

	allow_signal(SIGINT);
	spin_lock(&wq.lock);
	complete(&begun);
	if (data)
		ret = wait_event_interruptible_exclusive_locked(wq, ready);
	else
		ret = wait_event_interruptible_locked(wq, ready);
	served += ret == 0 && spin_is_locked(&wq.lock);
	spin_unlock(&wq.lock);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(1);
	return ret;
}

static int irq_waiter(void *data)
{
	int ret;

	spin_lock_irq(&wq.lock);
	complete(&begun);
	ret = wait_event_interruptible_locked_irq(wq, ready);
	spin_unlock_irq(&wq.lock);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(1);
	return ret;
}

/* The task is queued: it has opened the lock that it held since it said that it begins. */
static struct task_struct *start(int (*fn)(void *), void *data)
{
	struct task_struct *task = kthread_run(fn, data, "waiter");

	wait_for_completion(&begun);
	spin_lock(&wq.lock);
	spin_unlock(&wq.lock);
	return task;
}

static void locked(void)
{
	struct task_struct *a, *b, *c;

	spin_lock(&wq.lock);
	pr_info("true at once: %d %d\n", wait_event_interruptible_locked(wq, true),
		wait_event_interruptible_exclusive_locked(wq, 1 + 1 == 2));
	spin_unlock(&wq.lock);

	a = start(locked_waiter, NULL);
	b = start(locked_waiter, &wq);
	c = start(irq_waiter, NULL);
	spin_lock(&wq.lock);
	ready = true;
	wake_up_locked(&wq);
	spin_unlock(&wq.lock);
	pr_info("woken: %d, ", kthread_stop(a));
	pr_cont("%d, ", kthread_stop(b));
	pr_cont("%d, with the lock: %d\n", kthread_stop(c), served);

	ready = false;
	a = start(locked_waiter, NULL);
	send_sig(SIGINT, a, 1);
	pr_info("by a signal: %d; ", kthread_stop(a));
	pr_cont("the queue is empty: %d\n", !waitqueue_active(&wq));
}

static void with_keys(void)
{
	struct wait_queue_entry watch;

	init_waitqueue_func_entry(&watch, note_key);
	add_wait_queue(&wq, &watch);
	wake_up_poll(&wq, 1);
	wake_up_interruptible_poll(&wq, 2);
	wake_up_interruptible_sync_poll(&wq, 3);
	spin_lock(&wq.lock);
	wake_up_locked_poll(&wq, 4);
	wake_up_interruptible_sync_poll_locked(&wq, 5);
	spin_unlock(&wq.lock);
	__wake_up_sync_key(&wq, TASK_NORMAL, poll_to_key(6));
	__wake_up_sync(&wq, TASK_NORMAL);
	remove_wait_queue(&wq, &watch);
	pr_info("keys: %lx\n", keys);
}

static void by_hand(void)
{
	pr_info("a static entry: %d\n", entry.func == default_wake_function && !entry.private && !entry.flags);
	entry.private = current;
	add_wait_queue(&wq, &entry);
	set_current_state(TASK_UNINTERRUPTIBLE);
	wake_up(&wq);
	schedule();
	remove_wait_queue(&wq, &entry);
	pr_info("it was woken: state %#x\n", current->__state);
}

/* The condition is looked at once before the task is on the queue, and again when it is. */
static bool looked(int *times)
{
	bool is_ready = READ_ONCE(ready);

	if (++*times == 2)
		complete(&begun);
	return is_ready;
}

static int simple_waiter(void *data)
{
	int times = 0;

	swait_event_exclusive(sq, looked(&times));
	order[(long)data] = ++served;
	ready = false;
	complete(&begun);
	return 0;
}

static int interrupted(void *data)
{
	long timed;
	int ret;

	allow_signal(SIGINT);
	complete(&begun);
	ret = swait_event_interruptible_exclusive(sq, false);
	timed = swait_event_interruptible_timeout_exclusive(sq, false, HZ);
	complete(&begun);
	while (!kthread_should_stop())
		swait_event_idle_timeout_exclusive(sq, false, 1);
	return ret == -ERESTARTSYS && timed == -ERESTARTSYS;
}

static void simple(void)
{
	DECLARE_SWAITQUEUE(wait);
	struct task_struct *task;
	long i;

	ready = false;
	served = 0;
	for (i = 0; i < 3; i++) {
		kthread_run(simple_waiter, (void *)i, "simple/%ld", i);
		wait_for_completion(&begun);
	}
	pr_info("active: %d\n", swait_active(&sq));
	for (i = 0; i < 3; i++) {
		WRITE_ONCE(ready, true);
		swake_up_one(&sq);
		wait_for_completion(&begun);
	}
	pr_info("first come, first woken: %d %d %d; active: %d\n", order[0], order[1], order[2], swait_active(&sq));

	pr_info("never true, 2 jiffies: %ld %ld; true: %ld %ld, in no time %ld\n", swait_event_timeout_exclusive(sq, false, 2),
		swait_event_idle_timeout_exclusive(sq, false, 2), swait_event_timeout_exclusive(sq, true, 50),
		swait_event_interruptible_timeout_exclusive(sq, true, 50), swait_event_timeout_exclusive(sq, true, 0));

	task = kthread_run(interrupted, NULL, "interrupted");
	wait_for_completion(&begun);
	send_sig(SIGINT, task, 1);
	wait_for_completion(&begun);
	pr_info("by a signal: %d\n", kthread_stop(task));

	prepare_to_swait_exclusive(&sq, &wait, TASK_UNINTERRUPTIBLE);
	pr_info("prepared: active %d, state %#x, of this task %d\n", swait_active(&sq), current->__state, wait.task == current);
	swake_up_all(&sq);
	schedule();
	finish_swait(&sq, &wait);
	pr_info("woken and finished: active %d, state %#x\n", swait_active(&sq), current->__state);
	pr_info("prepared as an event: %ld\n", prepare_to_swait_event(&sq, &wait, TASK_INTERRUPTIBLE));
	raw_spin_lock(&sq.lock);
	swake_up_locked(&sq);
	__finish_swait(&sq, &wait);
	raw_spin_unlock(&sq.lock);
	pr_info("with the lock held: active %d, state %#x\n", swait_active(&sq), current->__state);
}

static int __init test_init(void)
{
	locked();
	with_keys();
	by_hand();
	simple();
	return 0;
}

module_init(test_init);
MODULE_LICENSE("Dual MIT/GPL");

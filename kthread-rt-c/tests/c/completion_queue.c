// SPDX-License-Identifier: MIT OR Apache-2.0
/* Before 5.7 a completion's queue is a wait queue like any other. */
#include <linux/completion.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/version.h>
#include <linux/wait.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(4, 13, 0)
#define ENTRY_T wait_queue_entry_t
#define LIST head
#else
#define ENTRY_T wait_queue_t
#define LIST task_list
#endif

static struct completion returned;
static int order[8], count;

struct waiter {
	struct completion *of;
	struct task_struct *task;
	int number;
};

static int waits(void *data)
{
	struct waiter *waiter = data;

	wait_for_completion(waiter->of);
	order[count++] = waiter->number;
	complete(&returned);
	return 0;
}

/* It sleeps: not as a new thread does, since it has been woken, nor on its way to the wait. */
static void asleep(struct waiter *waiter)
{
	while (!wait_task_inactive(waiter->task, TASK_UNINTERRUPTIBLE))
		cpu_relax();
}

/* Waiters of `x`, which stand in this order. */
static void begin(struct waiter *waiters, int n, struct completion *x)
{
	for (int i = 0; i < n; i++) {
		waiters[i].of = x;
		waiters[i].number = i;
		waiters[i].task = kthread_run(waits, &waiters[i], "waits/%d", i);
		asleep(&waiters[i]);
	}
}

static int called, calls_return;

static int my_wake_function(ENTRY_T *entry, unsigned int mode, int flags, void *key)
{
	called++;
	return calls_return;
}

static void queue_by_hand(void)
{
	/* Set up as modules do that know what is in a completion. */
	struct completion *x = kmalloc(sizeof(*x), GFP_KERNEL);
	struct waiter waiters[3];
	ENTRY_T entry;

	memset(x, 0xa5, sizeof(*x));
	x->done = 0;
	init_waitqueue_head(&x->wait);
	pr_info("nobody waits: %d %d\n", waitqueue_active(&x->wait), !list_empty(&x->wait.LIST));
	begin(waiters, 3, x);
	pr_info("somebody does: %d\n", waitqueue_active(&x->wait));

	/* Nothing is done: who is woken goes on waiting. */
	wake_up(&x->wait);
	wake_up_all(&x->wait);
	for (int i = 0; i < 3; i++)
		asleep(&waiters[i]);
	pr_info("woken by hand: %d returned\n", count);

	/* An entry in front of the waiters, which is not exclusive, is called and does not count. */
	init_waitqueue_func_entry(&entry, my_wake_function);
	add_wait_queue(&x->wait, &entry);
	complete(x);
	wait_for_completion(&returned);
	pr_info("completed: called %d, %d returned, the first: %d\n", called, count, order[0] == 0);
	calls_return = 1;
	complete(x);
	wait_for_completion(&returned);
	pr_info("once more: called %d, %d returned, the second: %d\n", called, count, order[1] == 1);
	remove_wait_queue(&x->wait, &entry);

	/* One that is exclusive counts. */
	spin_lock_irq(&x->wait.lock);
	entry.flags |= WQ_FLAG_EXCLUSIVE;
	__add_wait_queue(&x->wait, &entry);
	spin_unlock_irq(&x->wait.lock);
	complete(x);
	/* It is woken by nobody, so it sleeps. */
	asleep(&waiters[2]);
	pr_info("an exclusive one: called %d, done %u, %d returned\n", called, x->done, count);
	spin_lock_irq(&x->wait.lock);
	__remove_wait_queue(&x->wait, &entry);
	spin_unlock_irq(&x->wait.lock);
	complete_all(x);
	wait_for_completion(&returned);
	pr_info("all: %d returned; completion_done %d, nobody waits: %d\n", count, completion_done(x),
		waitqueue_active(&x->wait));
	kfree(x);
}

static void limits(void)
{
	DECLARE_COMPLETION_ONSTACK(x);
	int tried;

	pr_info("in time: %lu\n", wait_for_completion_timeout(&x, 2));
	complete(&x);
	pr_info("done: %lu", wait_for_completion_timeout(&x, 5));
	pr_cont(", left %u\n", x.done);
	complete(&x);
	tried = try_wait_for_completion(&x);
	pr_info("tried: %d, then %d\n", tried, try_wait_for_completion(&x));
	pr_info("interruptibly: %ld\n", wait_for_completion_interruptible_timeout(&x, 1));
}

static int ends(void *data)
{
	complete_and_exit(data, 0);
}

static void conditions_and_ends(void)
{
	DECLARE_COMPLETION_ONSTACK(x);

	kthread_run(ends, &x, "ends");
	/* On the completion's own queue. */
	wait_event(x.wait, x.done);
	pr_info("wait_event on it: done %u\n", x.done);
	wait_for_completion(&x);
	for (int i = 0; i < 50; i++) {
		struct completion *gone = kzalloc(sizeof(*gone), GFP_KERNEL);

		init_completion(gone);
		kthread_run(ends, gone, "ends");
		wait_for_completion(gone);
		kfree(gone);
	}
}

static int __init completion_queue_init(void)
{
	init_completion(&returned);
	queue_by_hand();
	limits();
	conditions_and_ends();
	return 0;
}

static void __exit completion_queue_exit(void)
{
}

module_init(completion_queue_init);
module_exit(completion_queue_exit);
MODULE_LICENSE("GPL");

// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * The C twin of examples/thundering_herd.rs: many threads wait for one resource.
 *
 * A wake-up wakes all waiters that are not exclusive: one gets the resource, the others have looked for nothing. Of exclusive
 * waiters it wakes one.
 */
#include <linux/atomic.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/wait.h>

enum { HERD = 4, TIMES = 4 };

static DECLARE_WAIT_QUEUE_HEAD(wq);
static bool is_free;
static bool exclusive;
static struct task_struct *herd[HERD];
/* What each waiter has counted. Read while it sleeps. */
static int looked[HERD], got[HERD];

static bool try_take(long me)
{
	looked[me]++;
	return xchg(&is_free, false);
}

static int waiter(void *data)
{
	long me = (long)data;

	for (;;) {
		if (exclusive)
			wait_event_exclusive(wq, kthread_should_stop() || try_take(me));
		else
			wait_event(wq, kthread_should_stop() || try_take(me));
		if (kthread_should_stop())
			return got[me];
		got[me]++;
	}
}

/* Until all sleep again, in whatever state. */
static void settle(void)
{
	int i;

	for (i = 0; i < HERD; i++)
		wait_task_inactive(herd[i], 0);
}

static int looks(void)
{
	int i, sum = 0;

	for (i = 0; i < HERD; i++)
		sum += looked[i];
	return sum;
}

static int scene(const char *name)
{
	int i, before, taken = 0;

	for (i = 0; i < HERD; i++) {
		got[i] = 0;
		herd[i] = kthread_run(waiter, (void *)(long)i, "waiter/%d", i);
		if (IS_ERR(herd[i])) {
			int error = PTR_ERR(herd[i]);

			while (i--)
				kthread_stop(herd[i]);
			return error;
		}
	}
	settle();
	before = looks();
	for (i = 0; i < TIMES; i++) {
		is_free = true;
		wake_up(&wq);
		settle();
	}
	pr_info("%s: %d wake-ups, %d looks\n", name, TIMES, looks() - before);
	for (i = 0; i < HERD; i++)
		taken += kthread_stop(herd[i]);
	pr_info("%s: %d times somebody got it\n", name, taken);
	return 0;
}

static int __init wait_queue_init(void)
{
	int error = scene("wait_event");

	exclusive = true;
	return error ? error : scene("wait_event_exclusive");
}

static void __exit wait_queue_exit(void)
{
}

module_init(wait_queue_init);
module_exit(wait_queue_exit);
MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("Wait queues: a thundering herd, and exclusive waiters");

// SPDX-License-Identifier: MIT OR Apache-2.0
/* It leaves the mutex to the task that waits for it.
 *
 * kind: sleeping where it is wrong
 */
#include <linux/completion.h>
#include <linux/hrtimer.h>
#include <linux/module.h>
#include <linux/mutex.h>

static DECLARE_COMPLETION(called);
static DEFINE_MUTEX(mutex);
static struct hrtimer timer;

static enum hrtimer_restart function(struct hrtimer *timer)
{
	complete(&called);
	return HRTIMER_NORESTART;
}

static int __init zoo_init(void)
{
	hrtimer_init(&timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	timer.function = function;
	hrtimer_start(&timer, 1000, HRTIMER_MODE_REL);
	wait_for_completion(&called);
	mutex_lock(&mutex);
	mutex_unlock(&mutex);
	return 0;
}

static void __exit zoo_exit(void)
{
	hrtimer_cancel(&timer);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");

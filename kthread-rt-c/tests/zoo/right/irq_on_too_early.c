// SPDX-License-Identifier: MIT OR Apache-2.0
/* Interrupts are on again when the hrtimer's lock is free.
 *
 * kind: lock of an interrupt
 */
#include <linux/completion.h>
#include <linux/hrtimer.h>
#include <linux/module.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(counters);
static DECLARE_COMPLETION(fired);
static struct hrtimer timer;

static enum hrtimer_restart tick(struct hrtimer *timer)
{
	spin_lock(&counters);
	spin_unlock(&counters);
	complete(&fired);
	return HRTIMER_NORESTART;
}

static int __init zoo_init(void)
{
	hrtimer_init(&timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	timer.function = tick;
	hrtimer_start(&timer, ktime_set(0, 1000), HRTIMER_MODE_REL);
	wait_for_completion(&fired);
	spin_lock_irq(&counters);
	spin_unlock(&counters);
	local_irq_enable();
	return 0;
}

static void __exit zoo_exit(void)
{
	hrtimer_cancel(&timer);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");

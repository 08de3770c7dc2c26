// SPDX-License-Identifier: MIT OR Apache-2.0
/* A timer's callback returns with a spinlock.
 *
 * kind: lock left behind
 * told: left 0x101, and 1 lock(s) held; last function: tick
 */
#include <linux/completion.h>
#include <linux/module.h>
#include <linux/spinlock.h>
#include <linux/timer.h>

static DEFINE_SPINLOCK(counters);
static DECLARE_COMPLETION(fired);

static void tick(struct timer_list *timer)
{
	spin_lock(&counters); /* TOLD */
	complete(&fired);
}

static DEFINE_TIMER(timer, tick);

static int __init zoo_init(void)
{
	mod_timer(&timer, jiffies);
	wait_for_completion(&fired);
	return 0;
}

static void __exit zoo_exit(void)
{
	del_timer_sync(&timer);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");

// SPDX-License-Identifier: MIT OR Apache-2.0
/* A chain and a timer for others. It leaves a timer of its own. */
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/timer.h>

BLOCKING_NOTIFIER_HEAD(below_chain);
EXPORT_SYMBOL(below_chain);

void below_arm(struct timer_list *timer)
{
	mod_timer(timer, jiffies + 3600 * HZ);
}
EXPORT_SYMBOL(below_arm);

static int hear(struct notifier_block *block, unsigned long event, void *data)
{
	return NOTIFY_DONE;
}

/* Goes with the chain, which is of the same module. */
static struct notifier_block own_listener = { .notifier_call = hear };

static void tick(struct timer_list *timer)
{
}

static DEFINE_TIMER(own_timer, tick);

static int __init below_init(void)
{
	below_arm(&own_timer);
	return blocking_notifier_chain_register(&below_chain, &own_listener);
}

static void __exit below_exit(void)
{
}

module_init(below_init);
module_exit(below_exit);
MODULE_LICENSE("Dual MIT/GPL");

// SPDX-License-Identifier: MIT OR Apache-2.0
/* Leaves a timer that another module has armed, and a notifier on that one's chain. */
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/timer.h>

extern struct blocking_notifier_head below_chain;
void below_arm(struct timer_list *timer);

static int hear(struct notifier_block *block, unsigned long event, void *data)
{
	return NOTIFY_DONE;
}

static struct notifier_block listener = { .notifier_call = hear };

static void tick(struct timer_list *timer)
{
}

static DEFINE_TIMER(lent_timer, tick);

static int __init above_init(void)
{
	below_arm(&lent_timer);
	return blocking_notifier_chain_register(&below_chain, &listener);
}

static void __exit above_exit(void)
{
}

module_init(above_init);
module_exit(above_exit);
MODULE_LICENSE("Dual MIT/GPL");

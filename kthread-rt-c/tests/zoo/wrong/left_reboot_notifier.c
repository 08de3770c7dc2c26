// SPDX-License-Identifier: MIT OR Apache-2.0
/* A notifier of reboots is registered when the module goes.
 *
 * kind: left at unload
 * told: reboot notifier listener, function hear(), is still registered
 */
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/reboot.h>

static int hear(struct notifier_block *block, unsigned long event, void *data)
{
	return NOTIFY_DONE;
}

static struct notifier_block listener = { .notifier_call = hear };

static int __init zoo_init(void)
{
	return register_reboot_notifier(&listener); /* TOLD */
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");

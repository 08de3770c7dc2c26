// SPDX-License-Identifier: MIT OR Apache-2.0
/* A notifier of reboots is unregistered before the module goes.
 *
 * kind: left at unload
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
	return register_reboot_notifier(&listener);
}

static void __exit zoo_exit(void)
{
	unregister_reboot_notifier(&listener);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");

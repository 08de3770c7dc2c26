// SPDX-License-Identifier: MIT OR Apache-2.0
/* A module that switches the machine off. */
#include <linux/module.h>
#include <linux/reboot.h>

static int told(struct notifier_block *nb, unsigned long event, void *command)
{
	pr_info("reboot notifier: %lu %s\n", event, command ? (char *)command : "none");
	return NOTIFY_DONE;
}

static struct notifier_block nb = { .notifier_call = told };

static int __init begin(void)
{
	pr_info("register_reboot_notifier: %d\n", register_reboot_notifier(&nb));
	pr_info("unregister_reboot_notifier: %d", unregister_reboot_notifier(&nb));
	pr_cont(" %d\n", unregister_reboot_notifier(&nb));
	register_reboot_notifier(&nb);
	kernel_power_off();
}
module_init(begin);

static void __exit end(void)
{
	pr_info("it is not unloaded before\n");
}
module_exit(end);
MODULE_LICENSE("Dual MIT/GPL");

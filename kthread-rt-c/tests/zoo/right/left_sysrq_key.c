// SPDX-License-Identifier: MIT OR Apache-2.0
/* A key of sysrq is unregistered before the module goes.
 *
 * kind: left at unload
 */
#include <linux/module.h>
#include <linux/sysrq.h>

static void handle(int key)
{
}

static struct sysrq_key_op reset = { .handler = handle, .help_msg = "zoo(x)", .action_msg = "Zoo" };

static int __init zoo_init(void)
{
	return register_sysrq_key('x', &reset);
}

static void __exit zoo_exit(void)
{
	unregister_sysrq_key('x', &reset);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");

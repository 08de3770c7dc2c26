// SPDX-License-Identifier: MIT OR Apache-2.0
/* A table of sysctls is registered when the module goes.
 *
 * kind: left at unload
 * told: sysctl table "zoo" is still registered
 */
#include <linux/module.h>
#include <linux/sysctl.h>

static int limit;
static struct ctl_table_header *header;
static struct ctl_table table[] = {
	{ .procname = "limit", .data = &limit, .maxlen = sizeof(limit), .mode = 0644, .proc_handler = proc_dointvec },
	{ }
};

static int __init zoo_init(void)
{
	header = register_sysctl("zoo", table); /* TOLD */
	return header ? 0 : -ENOMEM;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");

// SPDX-License-Identifier: MIT OR Apache-2.0
/* init_completion() comes first.
 *
 * kind: used before its initialisation
 */
#include <linux/completion.h>
#include <linux/module.h>

static struct completion done;

static int __init zoo_init(void)
{
	init_completion(&done);
	complete(&done);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");

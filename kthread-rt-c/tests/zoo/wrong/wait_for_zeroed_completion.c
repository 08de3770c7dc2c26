// SPDX-License-Identifier: MIT OR Apache-2.0
/* A completion is waited for before init_completion().
 *
 * kind: used before its initialisation
 * told: used uninitialised
 */
#include <linux/completion.h>
#include <linux/module.h>

static struct completion done;

static int __init zoo_init(void)
{
	wait_for_completion_timeout(&done, 1); /* TOLD */
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");

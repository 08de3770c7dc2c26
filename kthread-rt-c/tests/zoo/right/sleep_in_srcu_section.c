// SPDX-License-Identifier: MIT OR Apache-2.0
/* A reader of SRCU may sleep.
 *
 * kind: sleeping where it is wrong
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/srcu.h>

DEFINE_STATIC_SRCU(domain);

static int __init zoo_init(void)
{
	int section = srcu_read_lock(&domain);

	msleep(1);
	srcu_read_unlock(&domain, section);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");

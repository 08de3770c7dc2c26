// SPDX-License-Identifier: MIT OR Apache-2.0
/* A mutex is locked before mutex_init().
 *
 * kind: used before its initialisation
 * told: used uninitialised
 */
#include <linux/module.h>
#include <linux/mutex.h>

static struct mutex mutex;

static int __init zoo_init(void)
{
	mutex_lock(&mutex); /* TOLD */
	mutex_unlock(&mutex);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");

// SPDX-License-Identifier: MIT OR Apache-2.0
/* A rt_mutex is locked before rt_mutex_init().
 *
 * kind: used before its initialisation
 * told: used uninitialised
 */
#include <linux/module.h>
#include <linux/rtmutex.h>

static struct rt_mutex mutex;

static int __init zoo_init(void)
{
	rt_mutex_lock(&mutex); /* TOLD */
	rt_mutex_unlock(&mutex);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");

// SPDX-License-Identifier: MIT OR Apache-2.0
/* rt_mutex_init() comes first.
 *
 * kind: used before its initialisation
 */
#include <linux/module.h>
#include <linux/rtmutex.h>

static struct rt_mutex mutex;

static int __init zoo_init(void)
{
	rt_mutex_init(&mutex);
	rt_mutex_lock(&mutex);
	rt_mutex_unlock(&mutex);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");

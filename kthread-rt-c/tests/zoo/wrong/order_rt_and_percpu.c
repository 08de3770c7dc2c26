// SPDX-License-Identifier: MIT OR Apache-2.0
/* A rt_mutex and a percpu_rwsem in both orders.
 *
 * kind: order of locks
 * told: possible circular locking dependency detected
 */
#include <linux/module.h>
#include <linux/percpu-rwsem.h>
#include <linux/rtmutex.h>

static DEFINE_RT_MUTEX(bus);
DEFINE_STATIC_PERCPU_RWSEM(config);

static int __init zoo_init(void)
{
	percpu_down_read(&config);
	rt_mutex_lock(&bus);
	rt_mutex_unlock(&bus);
	percpu_up_read(&config);
	rt_mutex_lock(&bus);
	percpu_down_write(&config); /* TOLD */
	percpu_up_write(&config);
	rt_mutex_unlock(&bus);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");

// SPDX-License-Identifier: MIT OR Apache-2.0
/* A rt_mutex inside of a percpu_rwsem.
 *
 * kind: order of locks
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
	percpu_down_write(&config);
	rt_mutex_lock(&bus);
	rt_mutex_unlock(&bus);
	percpu_up_write(&config);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");

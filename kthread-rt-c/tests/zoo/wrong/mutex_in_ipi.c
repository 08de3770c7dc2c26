// SPDX-License-Identifier: MIT OR Apache-2.0
/* A function that another cpu calls in an interrupt locks a mutex.
 *
 * kind: sleeping where it is wrong
 * told: sleeping function called from invalid context
 */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/smp.h>

static DEFINE_MUTEX(mutex);

static void function(void *data)
{
	mutex_lock(&mutex); /* TOLD */
	mutex_unlock(&mutex);
}

static int __init zoo_init(void)
{
	smp_call_function_single(0, function, NULL, 1);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");

// SPDX-License-Identifier: MIT OR Apache-2.0
/* It only looks.
 *
 * kind: sleeping where it is wrong
 */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/smp.h>

static DEFINE_MUTEX(mutex);

static void function(void *data)
{
	if (mutex_is_locked(&mutex))
		pr_info("locked\n");
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

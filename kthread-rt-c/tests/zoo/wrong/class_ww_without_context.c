// SPDX-License-Identifier: MIT OR Apache-2.0
/* Two ww_mutexes of a class without a context: nothing helps out of a deadlock.
 *
 * kind: order of locks
 * told: possible recursive locking detected
 */
#include <linux/module.h>
#include <linux/ww_mutex.h>

static DEFINE_WW_CLASS(buffers);
static struct ww_mutex one, other;

static int __init zoo_init(void)
{
	ww_mutex_init(&one, &buffers);
	ww_mutex_init(&other, &buffers);
	ww_mutex_lock(&one, NULL);
	ww_mutex_lock(&other, NULL); /* TOLD */
	ww_mutex_unlock(&other);
	ww_mutex_unlock(&one);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");

// SPDX-License-Identifier: MIT OR Apache-2.0
/* A ww_mutex is locked before ww_mutex_init().
 *
 * kind: used before its initialisation
 * told: used uninitialised
 */
#include <linux/module.h>
#include <linux/ww_mutex.h>

static DEFINE_WW_CLASS(class);
static struct ww_mutex mutex;

static int __init zoo_init(void)
{
	if (!ww_mutex_lock(&mutex, NULL)) /* TOLD */
		ww_mutex_unlock(&mutex);
	return 0;
}

static void __exit zoo_exit(void)
{
	(void)&class;
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");

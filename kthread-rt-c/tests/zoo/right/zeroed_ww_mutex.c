// SPDX-License-Identifier: MIT OR Apache-2.0
/* ww_mutex_init() comes first.
 *
 * kind: used before its initialisation
 */
#include <linux/module.h>
#include <linux/ww_mutex.h>

static DEFINE_WW_CLASS(class);
static struct ww_mutex mutex;

static int __init zoo_init(void)
{
	ww_mutex_init(&mutex, &class);
	if (!ww_mutex_lock(&mutex, NULL))
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

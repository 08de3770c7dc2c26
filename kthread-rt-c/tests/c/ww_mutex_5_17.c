// SPDX-License-Identifier: MIT OR Apache-2.0
/* ww_mutex_trylock had no context before 5.18. */
#include <linux/module.h>
#include <linux/ww_mutex.h>

static DEFINE_WW_CLASS(class);
static DEFINE_WW_MUTEX(mutex, class);

static int __init begin(void)
{
	pr_info("ww_mutex_trylock: %d", ww_mutex_trylock(&mutex));
	pr_cont(" %d\n", ww_mutex_trylock(&mutex));
	ww_mutex_unlock(&mutex);
	return 0;
}
module_init(begin);
MODULE_LICENSE("Dual MIT/GPL");

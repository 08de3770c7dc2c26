// SPDX-License-Identifier: MIT OR Apache-2.0
/* What a kernel that debugs its mutexes warns of. */
#include <linux/module.h>
#include <linux/ww_mutex.h>

static DEFINE_WW_CLASS(class);
static DEFINE_WW_MUTEX(mutex, class);

static int __init begin(void)
{
	struct ww_acquire_ctx ctx;

	ww_acquire_init(&ctx, &class);
	ww_acquire_done(&ctx);
	ww_acquire_done(&ctx);
	pr_info("after ww_acquire_done: %d\n", ww_mutex_lock(&mutex, &ctx));
	pr_info("without -EDEADLK: %d\n", ww_mutex_lock_slow_interruptible(&mutex, &ctx));
	ww_acquire_fini(&ctx);
	ww_mutex_unlock(&mutex);
	ww_mutex_unlock(&mutex);
	pr_info("is_locked: %d\n", ww_mutex_is_locked(&mutex));
	return 0;
}
module_init(begin);
MODULE_LICENSE("Dual MIT/GPL");

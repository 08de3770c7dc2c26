// SPDX-License-Identifier: MIT OR Apache-2.0
/* Two ww_mutexes of a class in both orders, with a context.
 *
 * kind: order of locks
 */
#include <linux/module.h>
#include <linux/ww_mutex.h>

static DEFINE_WW_CLASS(buffers);
static struct ww_mutex one, other;

static int __init zoo_init(void)
{
	struct ww_acquire_ctx ctx;
	int ret;

	ww_mutex_init(&one, &buffers);
	ww_mutex_init(&other, &buffers);
	ww_acquire_init(&ctx, &buffers);
	ret = ww_mutex_lock(&one, &ctx) ?: ww_mutex_lock(&other, &ctx);
	ww_mutex_unlock(&other);
	ww_mutex_unlock(&one);
	if (!ret)
		ret = ww_mutex_lock(&other, &ctx) ?: ww_mutex_lock(&one, &ctx);
	ww_mutex_unlock(&other);
	ww_mutex_unlock(&one);
	ww_acquire_fini(&ctx);

	if (ret)
		return ret;
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");

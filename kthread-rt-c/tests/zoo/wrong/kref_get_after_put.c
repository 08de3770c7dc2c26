// SPDX-License-Identifier: MIT OR Apache-2.0
/* A reference to a released object is taken.
 *
 * kind: reference counts
 * told: refcount_t: addition on 0; use-after-free
 */
#include <linux/kref.h>
#include <linux/module.h>

struct object {
	struct kref kref;
};

static struct object object;

static void release(struct kref *kref)
{
	pr_info("released\n");
}

static int __init zoo_init(void)
{
	kref_init(&object.kref);
	kref_put(&object.kref, release);
	kref_get(&object.kref); /* TOLD */
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");

// SPDX-License-Identifier: MIT OR Apache-2.0
/* A reference is taken before the last one is put.
 *
 * kind: reference counts
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
	kref_get(&object.kref);
	kref_put(&object.kref, release);
	kref_put(&object.kref, release);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");

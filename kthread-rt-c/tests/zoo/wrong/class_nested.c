// SPDX-License-Identifier: MIT OR Apache-2.0
/* Two mutexes of one class, one in the other.
 *
 * kind: order of locks
 * told: possible recursive locking detected
 */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>

struct node {
	struct mutex lock;
};

static struct node *made(void)
{
	struct node *node = kzalloc(sizeof(*node), GFP_KERNEL);

	mutex_init(&node->lock);
	return node;
}

static int __init zoo_init(void)
{
	struct node *parent = made(), *child = made();

	mutex_lock(&parent->lock);
	mutex_lock(&child->lock); /* TOLD */
	mutex_unlock(&child->lock);
	mutex_unlock(&parent->lock);
	kfree(parent);
	kfree(child);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");

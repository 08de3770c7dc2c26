// SPDX-License-Identifier: MIT OR Apache-2.0
/* Locks of one class under a lock that is said to be held, and is not.
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

static DEFINE_MUTEX(list_lock);

static int __init zoo_init(void)
{
	struct node *parent = made(), *child = made();

	mutex_lock_nest_lock(&parent->lock, &list_lock);
	mutex_lock_nest_lock(&child->lock, &list_lock); /* TOLD */
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

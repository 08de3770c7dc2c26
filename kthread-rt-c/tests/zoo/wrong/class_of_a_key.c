// SPDX-License-Identifier: MIT OR Apache-2.0
/* Locks that got a class of their own are taken in both orders with the others.
 *
 * kind: order of locks
 * told: possible circular locking dependency detected
 */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

struct node {
	spinlock_t lock;
};

static struct node *made(void)
{
	struct node *node = kzalloc(sizeof(*node), GFP_KERNEL);

	spin_lock_init(&node->lock);
	return node;
}

static struct lock_class_key inner_key;

static int __init zoo_init(void)
{
	struct node *parent = made(), *child = made();

	lockdep_set_class(&child->lock, &inner_key);
	spin_lock(&parent->lock);
	spin_lock(&child->lock);
	spin_unlock(&child->lock);
	spin_unlock(&parent->lock);
	spin_lock(&child->lock);
	spin_lock(&parent->lock); /* TOLD */
	spin_unlock(&parent->lock);
	spin_unlock(&child->lock);
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

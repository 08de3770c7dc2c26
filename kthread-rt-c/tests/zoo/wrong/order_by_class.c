// SPDX-License-Identifier: MIT OR Apache-2.0
/* The order is that of classes: what one node showed is wrong with another.
 *
 * kind: order of locks
 * told: possible circular locking dependency detected
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
	struct node *one = made(), *other = made();

	mutex_lock(&one->lock);
	mutex_lock(&list_lock);
	mutex_unlock(&list_lock);
	mutex_unlock(&one->lock);
	mutex_lock(&list_lock);
	mutex_lock(&other->lock); /* TOLD */
	mutex_unlock(&other->lock);
	mutex_unlock(&list_lock);
	kfree(one);
	kfree(other);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");

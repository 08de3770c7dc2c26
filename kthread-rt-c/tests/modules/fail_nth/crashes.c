// SPDX-License-Identifier: MIT OR Apache-2.0
/* Nobody looks whether the second block is there. */
#include <linux/module.h>
#include <linux/slab.h>

struct item {
	int value;
	struct item *next;
};

static struct item *first;

static int __init crashes_init(void)
{
	first = kzalloc(sizeof(*first), GFP_KERNEL);
	if (!first)
		return -ENOMEM;
	first->next = kzalloc(sizeof(*first), GFP_KERNEL);
	first->next->value = 1;
	return 0;
}

static void __exit crashes_exit(void)
{
	kfree(first->next);
	kfree(first);
}

module_init(crashes_init);
module_exit(crashes_exit);
MODULE_LICENSE("Dual MIT/GPL");

// SPDX-License-Identifier: MIT OR Apache-2.0
/* Frees a work twice, once it has run, and another never. */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

static void runs(struct work_struct *work)
{
}

static int __init double_free_init(void)
{
	struct work_struct *twice = kmalloc(sizeof(*twice), GFP_KERNEL);
	struct work_struct *never = kmalloc(sizeof(*never), GFP_KERNEL);

	if (!twice || !never)
		return -ENOMEM;
	INIT_WORK(twice, runs);
	schedule_work(twice);
	flush_work(twice);
	kfree(twice);
	kfree(twice);
	return 0;
}

module_init(double_free_init);
MODULE_LICENSE("Dual MIT/GPL");

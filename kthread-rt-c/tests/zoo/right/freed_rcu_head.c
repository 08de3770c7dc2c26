// SPDX-License-Identifier: MIT OR Apache-2.0
/* A block is freed when the callback of the rcu_head in it was called.
 *
 * kind: freed while active
 */
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

struct device_data {
	int count;
	struct rcu_head head;
};

static struct device_data *data;

static void release(struct rcu_head *head)
{
}

static int __init zoo_init(void)
{
	data = kzalloc(sizeof(*data), GFP_KERNEL);
	call_rcu(&data->head, release);
	rcu_barrier();
	kfree(data);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");

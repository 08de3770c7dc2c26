// SPDX-License-Identifier: MIT OR Apache-2.0
/* A block is freed with an rcu_head in it whose callback was not called.
 *
 * kind: freed while active
 * told: free of an active object: rcu_head, function release(), queued by call_rcu()
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
	rcu_read_lock();
	call_rcu(&data->head, release);
	kfree(data); /* TOLD */
	rcu_read_unlock();
	rcu_barrier();
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");

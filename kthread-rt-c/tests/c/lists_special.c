// SPDX-License-Identifier: MIT OR Apache-2.0
/* Lists with a lock in their head, with an end that has a number, in the order of priorities; tables under RCU. */
#include <linux/hashtable.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/plist.h>
#include <linux/rculist_bl.h>
#include <linux/rculist_nulls.h>

struct item {
	int key;
	struct hlist_bl_node bl;
	struct hlist_nulls_node nulls;
	struct hlist_node hash;
	struct plist_node priority;
};

static struct item items[6];
static struct hlist_bl_head locked;
static unsigned long shared;

static int adder(void *unused)
{
	for (int i = 0; i < 5000; i++) {
		hlist_bl_lock(&locked);
		shared++;
		hlist_bl_unlock(&locked);
	}
	return 0;
}

static void bit_locks(void)
{
	struct hlist_bl_node *node, *next;
	struct task_struct *task;
	struct item *item;

	INIT_HLIST_BL_HEAD(&locked);
	hlist_bl_lock(&locked);
	hlist_bl_add_head(&items[0].bl, &locked);
	hlist_bl_add_head_rcu(&items[1].bl, &locked);
	hlist_bl_add_before(&items[2].bl, &items[1].bl);
	hlist_bl_add_behind(&items[3].bl, &items[1].bl);
	pr_info("bl: locked %d, atomic %d:", hlist_bl_is_locked(&locked), in_atomic());
	hlist_bl_for_each_entry(item, node, &locked, bl)
		pr_cont(" %d", item->key);
	hlist_bl_del(&items[2].bl);
	hlist_bl_del_init(&items[0].bl);
	pr_cont(";");
	hlist_bl_for_each_entry_safe(item, node, next, &locked, bl) {
		pr_cont(" %d", item->key);
		hlist_bl_del_rcu(&item->bl);
	}
	pr_cont(", empty %d %d", hlist_bl_empty(&locked), hlist_bl_unhashed(&items[0].bl));
	hlist_bl_unlock(&locked);
	pr_cont(", then locked %d, atomic %d\n", hlist_bl_is_locked(&locked), in_atomic());
	task = kthread_run(adder, NULL, "adder");
	adder(NULL);
	pr_info("by two: %d\n", kthread_stop(task) == 0 ? shared == 10000 : shared == 5000);
}

static void numbered_ends(void)
{
	struct hlist_nulls_head head;
	struct hlist_nulls_node *node;
	struct item *item;

	INIT_HLIST_NULLS_HEAD(&head, 7);
	pr_info("nulls: empty %d", hlist_nulls_empty(&head));
	hlist_nulls_add_head(&items[0].nulls, &head);
	hlist_nulls_add_head_rcu(&items[1].nulls, &head);
	hlist_nulls_add_tail_rcu(&items[2].nulls, &head);
	hlist_nulls_replace_rcu(&items[0].nulls, &items[3].nulls);
	hlist_nulls_for_each_entry_rcu(item, node, &head, nulls)
		pr_cont(" %d", item->key);
	pr_cont(", end %lu;", get_nulls_value(node));
	hlist_nulls_del_init_rcu(&items[1].nulls);
	hlist_nulls_del_rcu(&items[2].nulls);
	hlist_nulls_for_each_entry(item, node, &head, nulls)
		pr_cont(" %d", item->key);
	pr_cont(", unhashed %d %d\n", hlist_nulls_unhashed(&items[1].nulls), hlist_nulls_unhashed(&items[3].nulls));
}

static void priorities(void)
{
	static const int given[] = { 5, 1, 5, 3, 1, 9 };
	PLIST_HEAD(head);
	struct plist_node *node;
	struct item *item;
	int i;

	for (i = 0; i < 6; i++) {
		plist_node_init(&items[i].priority, given[i]);
		plist_add(&items[i].priority, &head);
	}
	pr_info("plist:");
	plist_for_each_entry(item, &head, priority)
		pr_cont(" %d/%d", item->priority.prio, item->key);
	plist_requeue(&items[1].priority, &head);
	plist_del(&items[0].priority, &head);
	pr_cont("; requeued and deleted:");
	plist_for_each(node, &head)
		pr_cont(" %d/%d", node->prio, container_of(node, struct item, priority)->key);
	pr_cont("; %d to %d\n", plist_first(&head)->prio, plist_last_entry(&head, struct item, priority)->priority.prio);
	/* The second of its priority stands for the first, once that is gone. */
	plist_node_init(&items[0].priority, 4);
	plist_add(&items[0].priority, &head);
	pr_info("plist:");
	plist_for_each(node, &head)
		pr_cont(" %d", node->prio);
	for (i = 0; i < 6; i++)
		plist_del(&items[i].priority, &head);
	pr_cont(", empty %d %d\n", plist_head_empty(&head), plist_node_empty(&items[3].priority));
}

static void tables(void)
{
	DEFINE_HASHTABLE(table, 3);
	struct hlist_node *next;
	struct item *item;
	int bucket, i, sum = 0;

	hash_init(table);
	for (i = 0; i < 6; i++)
		hash_add_rcu(table, &items[i].hash, items[i].key);
	rcu_read_lock();
	hash_for_each_rcu(table, bucket, item, hash)
		sum += item->key;
	hash_for_each_possible_rcu(table, item, hash, 4)
		sum += item->key == 4 ? 100 : 0;
	rcu_read_unlock();
	hash_del_rcu(&items[4].hash);
	pr_info("table: %d, hashed %d %d, empty %d", sum, hash_hashed(&items[4].hash), hash_hashed(&items[3].hash), hash_empty(table));
	hash_for_each_safe(table, bucket, next, item, hash)
		hash_del(&item->hash);
	pr_cont(" %d\n", hash_empty(table));
}

static int __init special_init(void)
{
	for (int i = 0; i < 6; i++)
		items[i].key = i;
	bit_locks();
	numbered_ends();
	priorities();
	tables();
	return 0;
}

static void __exit special_exit(void)
{
}

module_init(special_init);
module_exit(special_exit);
MODULE_LICENSE("Dual MIT/Apache-2.0");

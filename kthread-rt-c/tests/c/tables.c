// SPDX-License-Identifier: MIT OR Apache-2.0
/* Trees, numbers, queues, chains, sorting, and arithmetic. */
#include <asm/unaligned.h>
#include <linux/bsearch.h>
#include <linux/crc32.h>
#include <linux/gcd.h>
#include <linux/hashtable.h>
#include <linux/idr.h>
#include <linux/kfifo.h>
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/overflow.h>
#include <linux/rbtree.h>
#include <linux/slab.h>
#include <linux/sort.h>

#define COUNT 1000

struct item {
	struct rb_node node;
	struct hlist_node hash;
	int key;
	char tail[];
};

static struct rb_root tree = RB_ROOT;
static struct item items[COUNT];
static DEFINE_HASHTABLE(table, 4);
static DEFINE_IDR(idr);
static DEFINE_IDA(ida);
static DEFINE_KFIFO(fifo, int, 4);
static BLOCKING_NOTIFIER_HEAD(chain);

static bool less(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, struct item, node)->key < rb_entry(b, struct item, node)->key;
}

static int depth(struct rb_node *node)
{
	int left = node ? depth(node->rb_left) : 0, right = node ? depth(node->rb_right) : 0;

	return node ? 1 + max(left, right) : 0;
}

/* How many there are in order, from both ends; -1 if one is out of order, or a parent is wrong. */
static int walk(void)
{
	int count = 0, back = 0, last = -1;
	struct rb_node *node;

	for (node = rb_first(&tree); node; node = rb_next(node), count++) {
		int key = rb_entry(node, struct item, node)->key;

		if (key <= last || (node->rb_left && rb_parent(node->rb_left) != node))
			return -1;
		last = key;
	}
	for (node = rb_last(&tree); node; node = rb_prev(node))
		back++;
	return count == back ? count : -1;
}

static void trees(void)
{
	struct item *item, *next;
	int seen = 0;

	for (int i = 0; i < COUNT; i++) {
		items[i].key = i;
		rb_add(&items[i].node, &tree, less);
	}
	pr_info("rbtree: %d, not deeper than 40: %d\n", walk(), depth(tree.rb_node) <= 40);
	for (int i = 0; i < COUNT; i++)
		if (i % 3)
			rb_erase(&items[(i * 7) % COUNT].node, &tree);
	pr_info("rbtree after erasing: %d\n", walk());
	rbtree_postorder_for_each_entry_safe(item, next, &tree, node)
		seen++;
	pr_info("in postorder: %d\n", seen);
}

static int note(struct notifier_block *nb, unsigned long action, void *data)
{
	pr_info("notified: priority %d, action %lu\n", nb->priority, action);
	return action == 2 ? NOTIFY_STOP : NOTIFY_OK;
}

static struct notifier_block low = { .notifier_call = note, .priority = 1 };
static struct notifier_block high = { .notifier_call = note, .priority = 9 };

static int compare(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static int swaps;

static void swap_ints(void *a, void *b, int size)
{
	swap(*(int *)a, *(int *)b);
	swaps += size == sizeof(int);
}

static int __init tables_init(void)
{
	int seven = 7;
	char negative = -5;
	int numbers[] = { 5, 3, 9, 1, 7, 3 }, key = 7, value = 0, id = 0, bucket, found = 0;
	struct item *item;
	u64 big = 1000000007;
	u32 rest;

	trees();
	for (int i = 0; i < 50; i++)
		hash_add(table, &items[i].hash, items[i].key);
	hash_for_each_possible(table, item, hash, 33)
		found += item->key == 33;
	hash_for_each(table, bucket, item, hash)
		found++;
	pr_info("hashtable: %d\n", found);

	pr_info("idr: %d", idr_alloc(&idr, "a", 5, 0, GFP_KERNEL));
	pr_cont(" %d %d", idr_alloc(&idr, "b", 5, 7, GFP_KERNEL), idr_alloc(&idr, "c", -1, 0, GFP_KERNEL));
	pr_cont(" %d: %s", idr_alloc(&idr, "d", 5, 7, GFP_KERNEL), (char *)idr_find(&idr, 6));
	pr_cont(" %s", (char *)idr_remove(&idr, 5));
	pr_cont(" %s", (char *)idr_get_next(&idr, &id));
	pr_cont(" %d\n", id);
	idr_destroy(&idr);
	pr_info("ida: %d", ida_alloc(&ida, GFP_KERNEL));
	pr_cont(" %d", ida_alloc(&ida, GFP_KERNEL));
	ida_free(&ida, 0);
	pr_cont(" %d %d\n", ida_alloc(&ida, GFP_KERNEL), ida_simple_get(&ida, 1, 2, GFP_KERNEL));
	ida_destroy(&ida);

	pr_info("kfifo: in %d", kfifo_in(&fifo, numbers, 6));
	pr_cont(", full %d, put %d", kfifo_is_full(&fifo), kfifo_put(&fifo, 1));
	pr_cont(", get %d", kfifo_get(&fifo, &value));
	pr_cont(": %d, length %d of %d\n", value, kfifo_len(&fifo), kfifo_size(&fifo));

	blocking_notifier_chain_register(&chain, &low);
	blocking_notifier_chain_register(&chain, &high);
	pr_info("again: %d\n", blocking_notifier_chain_register(&chain, &low));
	pr_info("called: %x\n", blocking_notifier_call_chain(&chain, 1, NULL));
	pr_info("stopped: %x\n", blocking_notifier_call_chain(&chain, 2, NULL));
	blocking_notifier_chain_unregister(&chain, &high);
	pr_info("gone: %d\n", blocking_notifier_chain_unregister(&chain, &high));

	sort(numbers, ARRAY_SIZE(numbers), sizeof(int), compare, NULL);
	for (int i = 0; i < ARRAY_SIZE(numbers); i++)
		pr_cont("%d ", numbers[i]);
	pr_cont("bsearch %d\n", *(int *)bsearch(&key, numbers, ARRAY_SIZE(numbers), sizeof(int), compare));

	sort(numbers, ARRAY_SIZE(numbers), sizeof(int), compare, swap_ints);
	pr_info("by the caller's swap: %d; sorted: %d %d\n", swaps > 0, numbers[0], numbers[ARRAY_SIZE(numbers) - 1]);
	pr_info("closest: %d %d %d %u; abs: %d\n", DIV_ROUND_CLOSEST(-seven, 2), DIV_ROUND_CLOSEST(seven, -2),
		DIV_ROUND_CLOSEST(-seven, 3), DIV_ROUND_CLOSEST(7u, 2), abs(negative));

	rest = do_div(big, 1000);
	pr_info("do_div: %llu %u; gcd %lu; ilog2 %d; roundup_pow_of_two %lu %lu\n", big, rest, gcd(12, 18), ilog2(1000),
		roundup_pow_of_two(17), roundup_pow_of_two(16));
	pr_info("overflow: %d", check_add_overflow(2147483647, 1, &value));
	pr_cont(" %d; struct_size %zu\n", value, struct_size(item, tail, 10) - sizeof(*item));
	pr_info("crc32: %08x; get_unaligned: %x %x\n", ~crc32(~0, "123456789", 9), get_unaligned_le16("ab"),
		get_unaligned_be32("abcd"));
	return 0;
}

static void __exit tables_exit(void)
{
}

module_init(tables_init);
module_exit(tables_exit);
MODULE_LICENSE("Dual MIT/GPL");

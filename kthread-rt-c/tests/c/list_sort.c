// SPDX-License-Identifier: MIT OR Apache-2.0
/* Lists sorted: in order, stable, with both directions of links whole, in few comparisons. */
#include <linux/list_sort.h>
#include <linux/module.h>
#include <linux/version.h>

#define COUNT 1000

struct item {
	int key;
	int number;
	struct list_head list;
};

static struct item items[COUNT];
static int compared;

#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 13, 0)
static int by_key(void *priv, const struct list_head *a, const struct list_head *b)
#else
static int by_key(void *priv, struct list_head *a, struct list_head *b)
#endif
{
	compared++;
	*(int *)priv += 1;
	return list_entry(a, struct item, list)->key > list_entry(b, struct item, list)->key;
}

/* How many entries there are, all in order; or less than 0. */
static int ordered(struct list_head *head)
{
	struct item *item, *before = NULL;
	int n = 0;

	list_for_each_entry(item, head, list) {
		if (item->list.prev->next != &item->list || item->list.next->prev != &item->list)
			return -1;
		if (before && (before->key > item->key || (before->key == item->key && before->number > item->number)))
			return -2;
		before = item;
		n++;
	}
	return n;
}

static int __init list_sort_init(void)
{
	static const int counts[] = { 0, 1, 2, 3, 7, 64, 65, COUNT };
	unsigned int random = 1, i, n;

	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		LIST_HEAD(head);
		int priv = 0;

		for (n = 0; n < counts[i]; n++) {
			random = random * 1103515245 + 12345;
			items[n].key = random >> 16 & 127;
			items[n].number = n;
			list_add_tail(&items[n].list, &head);
		}
		compared = 0;
		list_sort(&priv, &head, by_key);
		/* 1000 log 1000 is 9966. */
		pr_info("%d: %d, in few comparisons %d\n", counts[i], ordered(&head), compared <= 10000 && priv == compared);
	}
	return 0;
}

static void __exit list_sort_exit(void)
{
}

module_init(list_sort_init);
module_exit(list_sort_exit);
MODULE_LICENSE("Dual MIT/Apache-2.0");

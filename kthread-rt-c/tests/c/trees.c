// SPDX-License-Identifier: MIT OR Apache-2.0
/* Trees after each of many insertions and removals: their colours, their order, what each node knows of those below. */
#include <linux/interval_tree.h>
#include <linux/module.h>
#include <linux/prandom.h>
#include <linux/rbtree_augmented.h>

#define COUNT 300

struct item {
	struct rb_node node;
	u32 key, value, greatest;
};

static struct item items[COUNT];
static struct interval_tree_node intervals[COUNT];
static struct rnd_state random;

#define VALUE(item) ((item)->value)
RB_DECLARE_CALLBACKS_MAX(static, greatest, struct item, node, u32, greatest, VALUE)

static struct item *item_of(const struct rb_node *node)
{
	return rb_entry(node, struct item, node);
}

/* The black nodes on each way down, or -1: a wrong parent, two red ones, different ways, a wrong sum or order. */
static int check(const struct rb_node *node, const struct rb_node *parent, bool augmented)
{
	u32 greatest;
	int left, right;

	if (!node)
		return 0;
	if (rb_parent(node) != parent || (rb_is_red(node) && (!parent || rb_is_red(parent))))
		return -1;
	left = check(node->rb_left, node, augmented);
	right = check(node->rb_right, node, augmented);
	greatest = item_of(node)->value;
	if (node->rb_left) {
		greatest = max(greatest, item_of(node->rb_left)->greatest);
		if (item_of(node->rb_left)->key > item_of(node)->key)
			return -1;
	}
	if (node->rb_right) {
		greatest = max(greatest, item_of(node->rb_right)->greatest);
		if (item_of(node->rb_right)->key < item_of(node)->key)
			return -1;
	}
	if (left < 0 || left != right || (augmented && greatest != item_of(node)->greatest))
		return -1;
	return left + rb_is_black(node);
}

static bool less(struct rb_node *a, const struct rb_node *b)
{
	return item_of(a)->key < item_of(b)->key;
}

static int compare(const void *key, const struct rb_node *node)
{
	u32 wanted = *(const u32 *)key;

	return wanted < item_of(node)->key ? -1 : wanted > item_of(node)->key;
}

static int compare_nodes(struct rb_node *a, const struct rb_node *b)
{
	return compare(&item_of(a)->key, b);
}

static void plain(void)
{
	struct rb_root_cached root = RB_ROOT_CACHED;
	struct rb_node *node;
	struct item twin = { .key = 7 }, *item, *next;
	u32 key = 7;
	int i, wrong = 0, n = 0, leftmost = 0;

	for (i = 0; i < COUNT; i++) {
		items[i].key = prandom_u32_state(&random) % 50;
		leftmost += rb_add_cached(&items[i].node, &root, less) != NULL;
		wrong += check(root.rb_root.rb_node, NULL, false) < 0 || rb_first_cached(&root) != rb_first(&root.rb_root);
	}
	rb_for_each(node, &key, &root.rb_root, compare)
		n += item_of(node)->key == 7;
	for (i = 0; i < COUNT; i++)
		n -= items[i].key == 7;
	pr_info("inserted: %d wrong, all of a key: %d, the first changed: %d\n", wrong, n == 0, leftmost > 1);
	pr_info("found: %d, by adding: %d\n", item_of(rb_find(&key, &root.rb_root, compare))->key,
		item_of(rb_find_add(&twin.node, &root.rb_root, compare_nodes))->key);
	node = rb_find_first(&key, &root.rb_root, compare);
	rb_replace_node_cached(node, &twin.node, &root);
	pr_info("replaced: %d\n", check(root.rb_root.rb_node, NULL, false) > 0 &&
					  rb_find_first(&key, &root.rb_root, compare) == &twin.node);
	rb_replace_node_cached(&twin.node, node, &root);
	for (i = n = 0, node = rb_last(&root.rb_root); node; node = rb_prev(node))
		n++;
	rbtree_postorder_for_each_entry_safe(item, next, &root.rb_root, node)
		i++;
	pr_info("backwards %d, in postorder %d\n", n, i);
	for (i = wrong = 0; i < COUNT; i++) {
		rb_erase_cached(&items[i * 7 % COUNT].node, &root);
		wrong += check(root.rb_root.rb_node, NULL, false) < 0 || rb_first_cached(&root) != rb_first(&root.rb_root);
	}
	pr_info("erased: %d wrong, empty %d\n", wrong, RB_EMPTY_ROOT(&root.rb_root));
}

static void augmented(void)
{
	struct rb_root root = RB_ROOT;
	int i, wrong = 0;

	for (i = 0; i < COUNT; i++) {
		struct rb_node **link = &root.rb_node, *parent = NULL;

		items[i].key = prandom_u32_state(&random);
		items[i].value = items[i].greatest = prandom_u32_state(&random);
		while (*link) {
			parent = *link;
			item_of(parent)->greatest = max(item_of(parent)->greatest, items[i].value);
			link = items[i].key < item_of(parent)->key ? &parent->rb_left : &parent->rb_right;
		}
		rb_link_node(&items[i].node, parent, link);
		rb_insert_augmented(&items[i].node, &root, &greatest);
		wrong += check(root.rb_node, NULL, true) < 0;
	}
	for (i = 0; i < COUNT; i++) {
		rb_erase_augmented(&items[i * 7 % COUNT].node, &root, &greatest);
		wrong += check(root.rb_node, NULL, true) < 0;
	}
	pr_info("augmented: %d wrong, empty %d\n", wrong, RB_EMPTY_ROOT(&root));
}

/* What overlaps, by the tree and one by one. */
static void overlaps(void)
{
	struct rb_root_cached root = RB_ROOT_CACHED;
	struct interval_tree_node *node;
	int i, n, wrong = 0, unordered = 0;

	for (i = 0; i < COUNT; i++) {
		intervals[i].start = prandom_u32_state(&random) % 1000;
		intervals[i].last = intervals[i].start + prandom_u32_state(&random) % 50;
		interval_tree_insert(&intervals[i], &root);
	}
	for (n = 0; n < 1000; n += 3) {
		unsigned long to = n + prandom_u32_state(&random) % 20, before = 0;
		int found = 0;

		for (i = 0; i < COUNT; i++)
			found -= intervals[i].start <= to && intervals[i].last >= n;
		for (node = interval_tree_iter_first(&root, n, to); node; node = interval_tree_iter_next(node, n, to)) {
			unordered += node->start < before;
			before = node->start;
			found++;
		}
		wrong += found != 0;
	}
	for (i = 0; i < COUNT; i++)
		interval_tree_remove(&intervals[i], &root);
	pr_info("intervals: %d wrong, %d unordered, empty %d\n", wrong, unordered, RB_EMPTY_ROOT(&root.rb_root));
}

static int __init trees_init(void)
{
	prandom_seed_state(&random, 2026);
	plain();
	augmented();
	overlaps();
	return 0;
}

static void __exit trees_exit(void)
{
}

module_init(trees_init);
module_exit(trees_exit);
MODULE_LICENSE("Dual MIT/Apache-2.0");

// SPDX-License-Identifier: MIT OR Apache-2.0
/* Trees whose nodes know something of all below them: here, the largest end. */
#include "ask.h"
#include <linux/rbtree_augmented.h>

struct item {
	int key;
	int end;
	int largest;
	struct rb_node node;
};

static struct item items[10];

#define END(item) ((item)->end)
RB_DECLARE_CALLBACKS_MAX(static, callbacks, struct item, node, int, largest, END)

static int computed;

static bool compute(struct item *item, bool exit)
{
	int of_both = item->end;

	computed++;
	if (item->node.rb_left)
		of_both = max(of_both, rb_entry(item->node.rb_left, struct item, node)->largest);
	if (item->node.rb_right)
		of_both = max(of_both, rb_entry(item->node.rb_right, struct item, node)->largest);
	if (exit && item->largest == of_both)
		return true;
	item->largest = of_both;
	return false;
}

RB_DECLARE_CALLBACKS(static, own, struct item, node, largest, compute)

static void insert(struct rb_root *root, struct item *item, const struct rb_augment_callbacks *augment)
{
	struct rb_node **link = &root->rb_node, *parent = NULL;

	item->largest = item->end;
	while (*link) {
		struct item *at;

		parent = *link;
		at = rb_entry(parent, struct item, node);
		if (at->largest < item->end)
			at->largest = item->end;
		link = item->key < at->key ? &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(&item->node, parent, link);
	rb_insert_augmented(&item->node, root, augment);
}

/* Whether each node knows the largest end below it. */
static bool is_right(struct rb_root *root)
{
	struct rb_node *node;

	for (node = rb_first_postorder(root); node; node = rb_next_postorder(node)) {
		struct item *item = rb_entry(node, struct item, node);
		int largest = item->end;

		if (node->rb_left)
			largest = max(largest, rb_entry(node->rb_left, struct item, node)->largest);
		if (node->rb_right)
			largest = max(largest, rb_entry(node->rb_right, struct item, node)->largest);
		if (largest != item->largest)
			return false;
	}
	return true;
}

static void ask(const struct rb_augment_callbacks *augment)
{
	static const int ends[] = { 4, 90, 3, 50, 2, 70, 1, 60 };
	struct rb_root root = RB_ROOT;
	int i;

	for (i = 0; i < 8; i++) {
		items[i].key = i;
		items[i].end = ends[i];
		insert(&root, &items[i], augment);
	}
	answer("inserted right=%d root=%d largest=%d", is_right(&root), rb_entry(root.rb_node, struct item, node)->key,
	       rb_entry(root.rb_node, struct item, node)->largest);
	rb_erase_augmented(&items[1].node, &root, augment);
	answer("erased right=%d largest=%d", is_right(&root), rb_entry(root.rb_node, struct item, node)->largest);
	rb_erase_augmented(root.rb_node, &root, augment);
	answer("erased_root right=%d root=%d largest=%d", is_right(&root), rb_entry(root.rb_node, struct item, node)->key,
	       rb_entry(root.rb_node, struct item, node)->largest);
	items[7].end = 5;
	augment->propagate(&items[7].node, NULL);
	answer("propagated right=%d largest=%d", is_right(&root), rb_entry(root.rb_node, struct item, node)->largest);
}

CASE(largest, "RB_DECLARE_CALLBACKS_MAX rb_insert_augmented rb_erase_augmented rb_augment_callbacks.propagate")
{
	ask(&callbacks);
}

CASE(own, "RB_DECLARE_CALLBACKS rb_insert_augmented rb_erase_augmented")
{
	ask(&own);
	answer("computed=%d", computed > 0);
}

ASK_MODULE(&case_largest, &case_own);

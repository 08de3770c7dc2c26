// SPDX-License-Identifier: MIT OR Apache-2.0
/* Trees of red and black nodes: the order, the shape that inserting and erasing leaves, and what each operation returns. */
#include "ask.h"
#include <linux/rbtree.h>

struct item {
	int key;
	struct rb_node node;
};

static struct item items[16];

static bool is_less(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, struct item, node)->key < rb_entry(b, struct item, node)->key;
}

static int compare(const void *key, const struct rb_node *node)
{
	return *(const int *)key - rb_entry(node, struct item, node)->key;
}

static int compare_nodes(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, struct item, node)->key - rb_entry(b, struct item, node)->key;
}

static int key(const struct rb_node *node)
{
	return node ? rb_entry(node, struct item, node)->key : -1;
}

static void insert(struct rb_root *root, struct item *item)
{
	struct rb_node **link = &root->rb_node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = item->key < key(parent) ? &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(&item->node, parent, link);
	rb_insert_color(&item->node, root);
}

static void fill(struct rb_root *root, int n)
{
	int i;

	*root = RB_ROOT;
	for (i = 1; i <= n; i++) {
		items[i].key = i;
		insert(root, &items[i]);
	}
}

static const char *forwards(struct rb_root *root)
{
	static char text[60];
	struct rb_node *node;
	int length = 0;

	text[0] = 0;
	for (node = rb_first(root); node; node = rb_next(node))
		length += snprintf(text + length, sizeof(text) - length, "%d ", key(node));
	return text;
}

static const char *backwards(struct rb_root *root)
{
	static char text[60];
	struct rb_node *node;
	int length = 0;

	text[0] = 0;
	for (node = rb_last(root); node; node = rb_prev(node))
		length += snprintf(text + length, sizeof(text) - length, "%d ", key(node));
	return text;
}

static const char *postorder(struct rb_root *root)
{
	static char text[60];
	struct rb_node *node;
	int length = 0;

	text[0] = 0;
	for (node = rb_first_postorder(root); node; node = rb_next_postorder(node))
		length += snprintf(text + length, sizeof(text) - length, "%d ", key(node));
	return text;
}

CASE(empty, "RB_ROOT RB_EMPTY_ROOT RB_EMPTY_NODE RB_CLEAR_NODE rb_first rb_last rb_next rb_prev rb_first_postorder"
	    " rb_next_postorder rb_root rb_node")
{
	struct rb_root root = RB_ROOT;

	RB_CLEAR_NODE(&items[1].node);
	answer("root=%d node=%d first=%d last=%d postorder=%d", RB_EMPTY_ROOT(&root), RB_EMPTY_NODE(&items[1].node),
	       key(rb_first(&root)), key(rb_last(&root)), key(rb_first_postorder(&root)));
	answer("next=%d prev=%d next_postorder_of_null=%d", key(rb_next(&items[1].node)), key(rb_prev(&items[1].node)),
	       key(rb_next_postorder(NULL)));
	fill(&root, 1);
	answer("of_1 root=%d node=%d next=%d prev=%d", RB_EMPTY_ROOT(&root), RB_EMPTY_NODE(&items[1].node),
	       key(rb_next(&items[1].node)), key(rb_prev(&items[1].node)));
}

CASE(order, "rb_insert_color rb_link_node rb_erase rb_first rb_last rb_next rb_prev rb_entry")
{
	static const int keys[] = { 5, 2, 9, 1, 7, 3, 8, 6, 4, 5 };
	struct rb_root root = RB_ROOT;
	int i;

	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		items[i].key = keys[i];
		insert(&root, &items[i]);
	}
	answer("forwards=[%s]", forwards(&root));
	answer("backwards=[%s]", backwards(&root));
	for (i = 0; i < 5; i++)
		rb_erase(&items[i].node, &root);
	answer("erased=[%s]", forwards(&root));
	answer("equal_keys_in_order=%d", rb_first(&root) == &items[5].node);
	for (i = 5; i < 10; i++)
		rb_erase(&items[i].node, &root);
	answer("empty=%d", RB_EMPTY_ROOT(&root));
}

/* The order of the children before their parent tells which shape the tree has. */
CASE(shape, "rb_insert_color rb_erase rb_first_postorder rb_next_postorder rbtree_postorder_for_each_entry_safe rb_parent")
{
	struct rb_root root;
	struct item *item, *next;
	char text[60];
	int length = 0;

	fill(&root, 7);
	answer("inserted=[%s] root=%d", postorder(&root), key(root.rb_node));
	rb_erase(&items[1].node, &root);
	rb_erase(&items[2].node, &root);
	answer("erased=[%s] root=%d", postorder(&root), key(root.rb_node));
	answer("parent_of_7=%d", key(rb_parent(&items[7].node)));
	rb_erase(root.rb_node, &root);
	answer("erased_root=[%s] root=%d", postorder(&root), key(root.rb_node));
	rbtree_postorder_for_each_entry_safe(item, next, &root, node) {
		length += snprintf(text + length, sizeof(text) - length, "%d ", item->key);
		item->node.rb_left = item->node.rb_right = NULL;
	}
	answer("safe=[%s]", text);
}

CASE(replace, "rb_replace_node rb_replace_node_rcu rb_replace_node_cached rb_link_node_rcu")
{
	struct rb_root_cached cached = RB_ROOT_CACHED;
	struct rb_root root;

	fill(&root, 3);
	items[10].key = 20;
	rb_replace_node(&items[2].node, &items[10].node, &root);
	answer("replaced=[%s] root=%d", forwards(&root), key(root.rb_node));
	items[11].key = 30;
	rb_replace_node_rcu(&items[3].node, &items[11].node, &root);
	answer("rcu=[%s] last=%d", forwards(&root), key(rb_last(&root)));
	rb_link_node_rcu(&items[4].node, NULL, &cached.rb_root.rb_node);
	rb_insert_color_cached(&items[4].node, &cached, true);
	items[12].key = 40;
	rb_replace_node_cached(&items[4].node, &items[12].node, &cached);
	answer("cached first=%d root=%d", key(rb_first_cached(&cached)), key(cached.rb_root.rb_node));
}

CASE(cached, "RB_ROOT_CACHED rb_first_cached rb_insert_color_cached rb_erase_cached rb_add_cached rb_root_cached")
{
	struct rb_root_cached root = RB_ROOT_CACHED;
	struct rb_node *added[3], *erased[3];

	items[3].key = 3;
	items[1].key = 1;
	items[5].key = 5;
	answer("of_none=%d", key(rb_first_cached(&root)));
	added[0] = rb_add_cached(&items[3].node, &root, is_less);
	added[1] = rb_add_cached(&items[5].node, &root, is_less);
	added[2] = rb_add_cached(&items[1].node, &root, is_less);
	answer("added=%d,%d,%d first=%d", key(added[0]), key(added[1]), key(added[2]), key(rb_first_cached(&root)));
	erased[0] = rb_erase_cached(&items[5].node, &root);
	erased[1] = rb_erase_cached(&items[1].node, &root);
	erased[2] = rb_erase_cached(&items[3].node, &root);
	answer("erased=%d,%d,%d first=%d", key(erased[0]), key(erased[1]), key(erased[2]), key(rb_first_cached(&root)));
}

CASE(find, "rb_add rb_find rb_find_first rb_next_match rb_find_add rb_for_each rb_entry_safe")
{
	static const int keys[] = { 4, 2, 6, 4, 4, 8 };
	struct rb_root root = RB_ROOT;
	struct rb_node *node, *present, *fresh;
	int i, wanted = 4, missing = 5, same = 0;

	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		items[i].key = keys[i];
		rb_add(&items[i].node, &root, is_less);
	}
	answer("added=[%s]", forwards(&root));
	answer("find=%d missing=%d", key(rb_find(&wanted, &root, compare)), key(rb_find(&missing, &root, compare)));
	node = rb_find_first(&wanted, &root, compare);
	answer("first=%d is_the_first=%d missing=%d", key(node), node == &items[0].node,
	       key(rb_find_first(&missing, &root, compare)));
	node = rb_next_match(&wanted, node, compare);
	answer("next_is_the_second=%d after_the_last=%d", node == &items[3].node,
	       key(rb_next_match(&wanted, &items[4].node, compare)));
	rb_for_each(node, &wanted, &root, compare)
		same++;
	answer("same=%d", same);
	items[9].key = 6;
	items[10].key = 7;
	present = rb_find_add(&items[9].node, &root, compare_nodes);
	fresh = rb_find_add(&items[10].node, &root, compare_nodes);
	answer("find_add present=%d fresh=%d now=[%s]", key(present), key(fresh), forwards(&root));
	node = NULL;
	answer("safe_of_null=%d", !rb_entry_safe(node, struct item, node));
}

ASK_MODULE(&case_empty, &case_order, &case_shape, &case_replace, &case_cached, &case_find);

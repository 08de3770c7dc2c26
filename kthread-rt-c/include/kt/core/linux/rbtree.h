/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Red-black trees: shim/rbtree.c. The caller finds the place of an insertion; rb_insert_color()
 * keeps the depth at most twice the minimum. The word with the parent has the colour in its lowest
 * bit: 1 is black.
 */
#ifndef KT_CORE_LINUX_RBTREE_H
#define KT_CORE_LINUX_RBTREE_H

#include <kt/core/linux/compiler.h>
#include <kt/core/linux/container_of.h>
#include <kt/core/linux/rcupdate.h>
#include <kt/core/linux/stddef.h>
#include <kt/core/linux/types.h>

struct rb_node {
	unsigned long __rb_parent_color;
	struct rb_node *rb_right;
	struct rb_node *rb_left;
} __attribute__((aligned(sizeof(long))));

struct rb_root {
	struct rb_node *rb_node;
};

struct rb_root_cached {
	struct rb_root rb_root;
	struct rb_node *rb_leftmost;
};

#ifdef __cplusplus
#define RB_ROOT (rb_root{ 0 })
#define RB_ROOT_CACHED (rb_root_cached{ { 0 }, 0 })
#else
#define RB_ROOT (struct rb_root){ 0 }
#define RB_ROOT_CACHED (struct rb_root_cached){ { 0 }, 0 }
#endif
#define rb_parent(node) ((struct rb_node *)((node)->__rb_parent_color & ~3ul))
#define rb_entry(pointer, type, member) container_of(pointer, type, member)
#define rb_entry_safe(pointer, type, member) \
	({ \
		__typeof__(pointer) __kt_node = (pointer); \
		__kt_node ? rb_entry(__kt_node, type, member) : NULL; \
	})
#define RB_EMPTY_ROOT(root) (READ_ONCE((root)->rb_node) == NULL)
#define RB_EMPTY_NODE(node) ((node)->__rb_parent_color == (unsigned long)(node))
#define RB_CLEAR_NODE(node) ((node)->__rb_parent_color = (unsigned long)(node))

KT_BEGIN
void rb_insert_color(struct rb_node *node, struct rb_root *root);
void rb_erase(struct rb_node *node, struct rb_root *root);
/* The new node takes its place, and has to compare equal. */
void rb_replace_node(struct rb_node *victim, struct rb_node *replacement, struct rb_root *root);
void rb_replace_node_rcu(struct rb_node *victim, struct rb_node *replacement, struct rb_root *root);
struct rb_node *rb_first(const struct rb_root *root);
struct rb_node *rb_last(const struct rb_root *root);
struct rb_node *rb_next(const struct rb_node *node);
struct rb_node *rb_prev(const struct rb_node *node);
struct rb_node *rb_first_postorder(const struct rb_root *root);
struct rb_node *rb_next_postorder(const struct rb_node *node);
KT_END

static inline void rb_link_node(struct rb_node *node, struct rb_node *parent, struct rb_node **link)
{
	node->__rb_parent_color = (unsigned long)parent;
	node->rb_left = node->rb_right = NULL;
	*link = node;
}

static inline void rb_link_node_rcu(struct rb_node *node, struct rb_node *parent, struct rb_node **link)
{
	node->__rb_parent_color = (unsigned long)parent;
	node->rb_left = node->rb_right = NULL;
	rcu_assign_pointer(*link, node);
}

#define rb_first_cached(root) ((root)->rb_leftmost)

static inline void rb_insert_color_cached(struct rb_node *node, struct rb_root_cached *root, bool leftmost)
{
	if (leftmost)
		root->rb_leftmost = node;
	rb_insert_color(node, &root->rb_root);
}

/* Returns the new first node, if it has changed. */
static inline struct rb_node *rb_erase_cached(struct rb_node *node, struct rb_root_cached *root)
{
	struct rb_node *leftmost = NULL;

	if (root->rb_leftmost == node)
		leftmost = root->rb_leftmost = rb_next(node);
	rb_erase(node, &root->rb_root);
	return leftmost;
}

static inline void rb_replace_node_cached(struct rb_node *victim, struct rb_node *replacement, struct rb_root_cached *root)
{
	if (root->rb_leftmost == victim)
		root->rb_leftmost = replacement;
	rb_replace_node(victim, replacement, &root->rb_root);
}

/* Finds the place of a node, after equal ones: stores its parent, and whether it is the first. */
static inline struct rb_node **kt_rb_place(struct rb_node *node, struct rb_root *tree, struct rb_node **parent, bool *first,
					   bool (*less)(struct rb_node *a, const struct rb_node *b))
{
	struct rb_node **link = &tree->rb_node;

	*parent = NULL;
	*first = true;
	while (*link) {
		*parent = *link;
		if (less(node, *parent)) {
			link = &(*parent)->rb_left;
		} else {
			link = &(*parent)->rb_right;
			*first = false;
		}
	}
	return link;
}

static inline void rb_add(struct rb_node *node, struct rb_root *tree,
			  bool (*less)(struct rb_node *a, const struct rb_node *b))
{
	struct rb_node *parent, **link;
	bool first;

	link = kt_rb_place(node, tree, &parent, &first, less);
	rb_link_node(node, parent, link);
	rb_insert_color(node, tree);
}

/* Returns the node, if it is the first now. */
static inline struct rb_node *rb_add_cached(struct rb_node *node, struct rb_root_cached *tree,
					    bool (*less)(struct rb_node *a, const struct rb_node *b))
{
	struct rb_node *parent, **link;
	bool first;

	link = kt_rb_place(node, &tree->rb_root, &parent, &first, less);
	rb_link_node(node, parent, link);
	rb_insert_color_cached(node, tree, first);
	return first ? node : NULL;
}

/* Adds the node, unless there is an equal one. Returns that, or NULL. */
static inline struct rb_node *rb_find_add(struct rb_node *node, struct rb_root *tree,
					  int (*cmp)(struct rb_node *a, const struct rb_node *b))
{
	struct rb_node **link = &tree->rb_node, *parent = NULL;

	while (*link) {
		int order = cmp(node, *link);

		if (!order)
			return *link;
		parent = *link;
		link = order < 0 ? &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(node, parent, link);
	rb_insert_color(node, tree);
	return NULL;
}

static inline struct rb_node *rb_find(const void *key, const struct rb_root *tree,
				      int (*cmp)(const void *key, const struct rb_node *node))
{
	struct rb_node *node = tree->rb_node;

	while (node) {
		int order = cmp(key, node);

		if (!order)
			return node;
		node = order < 0 ? node->rb_left : node->rb_right;
	}
	return NULL;
}

/* The first of the equal nodes. */
static inline struct rb_node *rb_find_first(const void *key, const struct rb_root *tree,
					    int (*cmp)(const void *key, const struct rb_node *node))
{
	struct rb_node *node = tree->rb_node, *found = NULL;

	while (node) {
		int order = cmp(key, node);

		if (!order)
			found = node;
		node = order <= 0 ? node->rb_left : node->rb_right;
	}
	return found;
}

static inline struct rb_node *rb_next_match(const void *key, struct rb_node *node,
					    int (*cmp)(const void *key, const struct rb_node *node))
{
	node = rb_next(node);
	return node && !cmp(key, node) ? node : NULL;
}

#define rb_for_each(node, key, tree, cmp) \
	for ((node) = rb_find_first((key), (tree), (cmp)); (node); (node) = rb_next_match((key), (node), (cmp)))

#define rbtree_postorder_for_each_entry_safe(item, next, root, field) \
	for (item = rb_entry_safe(rb_first_postorder(root), __typeof__(*item), field); \
	     item && ({ next = rb_entry_safe(rb_next_postorder(&item->field), __typeof__(*item), field); 1; }); item = next)

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * linux/rbtree.h: textbook red-black trees. The root is black, a red node has no red child, and all
 * paths from a node down to a NULL have the same number of black nodes. NULL counts as black.
 *
 * The augmented functions (linux/rbtree_augmented.h) call back on each rotation to update data
 * about subtrees; the plain functions pass empty callbacks.
 */
#include <kt/core/linux/rbtree_augmented.h>

enum side { LEFT, RIGHT };

typedef void (*rotated_t)(struct rb_node *below, struct rb_node *above);

static struct rb_node **child(struct rb_node *node, enum side side)
{
	return side == LEFT ? &node->rb_left : &node->rb_right;
}

static enum side side_of(const struct rb_node *node, const struct rb_node *parent)
{
	return parent->rb_left == node ? LEFT : RIGHT;
}

static bool is_red(const struct rb_node *node)
{
	return node && rb_is_red(node);
}

static void set_color(struct rb_node *node, int color)
{
	rb_set_parent_color(node, rb_parent(node), color);
}

/* Replaces `old` by `new` in the parent. Readers may be walking down at the same time. */
static void relink(struct rb_root *root, struct rb_node *parent, struct rb_node *old, struct rb_node *new)
{
	rcu_assign_pointer(*(parent ? child(parent, side_of(old, parent)) : &root->rb_node), new);
}

/*
 * Rotates: the child on the other side takes the node's place, and the node becomes its child on
 * `side`. Both keep their colours.
 */
static struct rb_node *rotate(struct rb_root *root, struct rb_node *node, enum side side, rotated_t rotated)
{
	struct rb_node *parent = rb_parent(node), *up = *child(node, !side), *moved = *child(up, side);

	WRITE_ONCE(*child(node, !side), moved);
	if (moved)
		rb_set_parent(moved, node);
	WRITE_ONCE(*child(up, side), node);
	relink(root, parent, node, up);
	rb_set_parent(up, parent);
	rb_set_parent(node, up);
	if (rotated)
		rotated(node, up);
	return up;
}

void __rb_insert_augmented(struct rb_node *node, struct rb_root *root, rotated_t rotated)
{
	struct rb_node *parent;

	set_color(node, RB_RED);
	while (is_red(parent = rb_parent(node))) {
		/* A red node is not the root. */
		struct rb_node *above = rb_parent(parent);
		enum side side = side_of(parent, above);
		struct rb_node *uncle = *child(above, !side);

		if (is_red(uncle)) {
			set_color(parent, RB_BLACK);
			set_color(uncle, RB_BLACK);
			set_color(above, RB_RED);
			node = above;
			continue;
		}
		if (side_of(node, parent) != side)
			parent = rotate(root, parent, side, rotated);
		rotate(root, above, !side, rotated);
		set_color(parent, RB_BLACK);
		set_color(above, RB_RED);
		break;
	}
	set_color(root->rb_node, RB_BLACK);
}

void rb_insert_color(struct rb_node *node, struct rb_root *root)
{
	__rb_insert_augmented(node, root, NULL);
}

/* The paths through `node`, a child of `parent` or NULL, have one black node too few. */
static void add_black(struct rb_node *node, struct rb_node *parent, struct rb_root *root, rotated_t rotated)
{
	while (parent && !is_red(node)) {
		enum side side = *child(parent, LEFT) == node ? LEFT : RIGHT;
		/* It is not NULL: the paths through it have a black node more. */
		struct rb_node *sibling = *child(parent, !side);

		if (is_red(sibling)) {
			set_color(sibling, RB_BLACK);
			set_color(parent, RB_RED);
			rotate(root, parent, side, rotated);
			sibling = *child(parent, !side);
		}
		if (!is_red(sibling->rb_left) && !is_red(sibling->rb_right)) {
			set_color(sibling, RB_RED);
			node = parent;
			parent = rb_parent(node);
			continue;
		}
		if (!is_red(*child(sibling, !side))) {
			set_color(*child(sibling, side), RB_BLACK);
			set_color(sibling, RB_RED);
			sibling = rotate(root, sibling, !side, rotated);
		}
		set_color(sibling, (int)rb_color(parent));
		set_color(parent, RB_BLACK);
		set_color(*child(sibling, !side), RB_BLACK);
		rotate(root, parent, side, rotated);
		return;
	}
	if (node)
		set_color(node, RB_BLACK);
}

static void erase(struct rb_node *node, struct rb_root *root, const struct rb_augment_callbacks *augment)
{
	struct rb_node *parent = rb_parent(node), *next, *only;
	bool black;

	if (!node->rb_left || !node->rb_right) {
		only = node->rb_left ? node->rb_left : node->rb_right;
		black = rb_is_black(node);
		relink(root, parent, node, only);
		if (only)
			rb_set_parent(only, parent);
		if (augment)
			augment->propagate(parent, NULL);
	} else {
		/*
		 * The next node in order, which has no left child, takes its place and its colour.
		 */
		for (next = node->rb_right; next->rb_left;)
			next = next->rb_left;
		only = next->rb_right;
		black = rb_is_black(next);
		parent = rb_parent(next) == node ? next : rb_parent(next);
		if (parent != next) {
			WRITE_ONCE(parent->rb_left, only);
			if (only)
				rb_set_parent(only, parent);
			WRITE_ONCE(next->rb_right, node->rb_right);
			rb_set_parent(next->rb_right, next);
		}
		WRITE_ONCE(next->rb_left, node->rb_left);
		rb_set_parent(next->rb_left, next);
		next->__rb_parent_color = node->__rb_parent_color;
		relink(root, rb_parent(node), node, next);
		if (augment) {
			augment->copy(node, next);
			if (parent != next)
				augment->propagate(parent, next);
			augment->propagate(next, NULL);
		}
	}
	if (black)
		add_black(only, parent, root, augment ? augment->rotate : NULL);
}

void rb_erase_augmented(struct rb_node *node, struct rb_root *root, const struct rb_augment_callbacks *augment)
{
	erase(node, root, augment);
}

void rb_erase(struct rb_node *node, struct rb_root *root)
{
	erase(node, root, NULL);
}

void rb_replace_node_rcu(struct rb_node *victim, struct rb_node *new, struct rb_root *root)
{
	*new = *victim;
	if (victim->rb_left)
		rb_set_parent(victim->rb_left, new);
	if (victim->rb_right)
		rb_set_parent(victim->rb_right, new);
	relink(root, rb_parent(victim), victim, new);
}

void rb_replace_node(struct rb_node *victim, struct rb_node *new, struct rb_root *root)
{
	rb_replace_node_rcu(victim, new, root);
}

/* Walks in order. */

static struct rb_node *outermost(struct rb_node *node, enum side side)
{
	while (node && *child(node, side))
		node = *child(node, side);
	return node;
}

static struct rb_node *neighbour(const struct rb_node *node, enum side side)
{
	struct rb_node *at = (struct rb_node *)node, *parent;

	if (RB_EMPTY_NODE(node))
		return NULL;
	if (*child(at, side))
		return outermost(*child(at, side), !side);
	while ((parent = rb_parent(at)) && side_of(at, parent) == side)
		at = parent;
	return parent;
}

struct rb_node *rb_first(const struct rb_root *root)
{
	return outermost(root->rb_node, LEFT);
}

struct rb_node *rb_last(const struct rb_root *root)
{
	return outermost(root->rb_node, RIGHT);
}

struct rb_node *rb_next(const struct rb_node *node)
{
	return neighbour(node, RIGHT);
}

struct rb_node *rb_prev(const struct rb_node *node)
{
	return neighbour(node, LEFT);
}

/* Walks in postorder: children before their parents. */

static struct rb_node *first_leaf(struct rb_node *node)
{
	while (node && (node->rb_left || node->rb_right))
		node = node->rb_left ? node->rb_left : node->rb_right;
	return node;
}

struct rb_node *rb_first_postorder(const struct rb_root *root)
{
	return first_leaf(root->rb_node);
}

struct rb_node *rb_next_postorder(const struct rb_node *node)
{
	struct rb_node *parent = node ? rb_parent(node) : NULL;

	if (parent && side_of(node, parent) == LEFT && parent->rb_right)
		return first_leaf(parent->rb_right);
	return parent;
}

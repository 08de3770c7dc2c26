/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Red-black trees whose nodes have data about their subtrees. The caller of an insertion updates
 * the data on the way down to the new node; three callbacks update it after rotations and removals.
 */
#ifndef KT_CORE_LINUX_RBTREE_AUGMENTED_H
#define KT_CORE_LINUX_RBTREE_AUGMENTED_H

#include <kt/core/linux/compiler.h>
#include <kt/core/linux/rbtree.h>
#include <kt/core/linux/rcupdate.h>

struct rb_augment_callbacks {
	/* Recomputes the data from this node up to before `stop`. */
	void (*propagate)(struct rb_node *node, struct rb_node *stop);
	/* `to` has taken the place of `from`. */
	void (*copy)(struct rb_node *from, struct rb_node *to);
	/* `above` has taken the place of `below`, which is its child now. */
	void (*rotate)(struct rb_node *below, struct rb_node *above);
};

#define RB_RED 0
#define RB_BLACK 1
#define __rb_parent(word) ((struct rb_node *)((word) & ~3UL))
#define __rb_color(word) ((word) & 1)
#define __rb_is_black(word) __rb_color(word)
#define __rb_is_red(word) (!__rb_color(word))
#define rb_color(node) __rb_color((node)->__rb_parent_color)
#define rb_is_black(node) __rb_is_black((node)->__rb_parent_color)
#define rb_is_red(node) __rb_is_red((node)->__rb_parent_color)

KT_BEGIN
void __rb_insert_augmented(struct rb_node *node, struct rb_root *root,
			   void (*rotate)(struct rb_node *below, struct rb_node *above));
void rb_erase_augmented(struct rb_node *node, struct rb_root *root, const struct rb_augment_callbacks *augment);
KT_END

static inline void rb_set_parent(struct rb_node *node, struct rb_node *parent)
{
	node->__rb_parent_color = (unsigned long)parent | rb_color(node);
}

static inline void rb_set_parent_color(struct rb_node *node, struct rb_node *parent, int color)
{
	node->__rb_parent_color = (unsigned long)parent | (unsigned long)color;
}

static inline void rb_insert_augmented(struct rb_node *node, struct rb_root *root, const struct rb_augment_callbacks *augment)
{
	__rb_insert_augmented(node, root, augment->rotate);
}

static inline void rb_insert_augmented_cached(struct rb_node *node, struct rb_root_cached *root, bool leftmost,
					      const struct rb_augment_callbacks *augment)
{
	if (leftmost)
		root->rb_leftmost = node;
	rb_insert_augmented(node, &root->rb_root, augment);
}

static inline void rb_erase_augmented_cached(struct rb_node *node, struct rb_root_cached *root,
					     const struct rb_augment_callbacks *augment)
{
	if (root->rb_leftmost == node)
		root->rb_leftmost = rb_next(node);
	rb_erase_augmented(node, &root->rb_root, augment);
}

/*
 * Defines the three callbacks. `compute` updates a node's `augmented` from its own data and its
 * children's. It returns true if nothing changed; then the nodes above are up to date, too.
 */
#define RB_DECLARE_CALLBACKS(scope, name, type, member, augmented, compute) \
	static inline void name##_propagate(struct rb_node *node, struct rb_node *stop) \
	{ \
		for (; node != stop; node = rb_parent(node)) \
			if (compute(rb_entry(node, type, member), true)) \
				break; \
	} \
	static inline void name##_copy(struct rb_node *from, struct rb_node *to) \
	{ \
		rb_entry(to, type, member)->augmented = rb_entry(from, type, member)->augmented; \
	} \
	static void name##_rotate(struct rb_node *below, struct rb_node *above) \
	{ \
		name##_copy(below, above); \
		compute(rb_entry(below, type, member), false); \
	} \
	scope const struct rb_augment_callbacks name = { name##_propagate, name##_copy, name##_rotate };

/* For data that is the maximum of `value` over a subtree. */
#define RB_DECLARE_CALLBACKS_MAX(scope, name, type, member, value_type, augmented, value) \
	static inline bool name##_compute_max(type *node, bool exit) \
	{ \
		value_type __kt_max = value(node); \
		struct rb_node *__kt_children[] = { node->member.rb_left, node->member.rb_right }; \
		for (int __kt_i = 0; __kt_i < 2; __kt_i++) \
			if (__kt_children[__kt_i] && rb_entry(__kt_children[__kt_i], type, member)->augmented > __kt_max) \
				__kt_max = rb_entry(__kt_children[__kt_i], type, member)->augmented; \
		if (exit && node->augmented == __kt_max) \
			return true; \
		node->augmented = __kt_max; \
		return false; \
	} \
	RB_DECLARE_CALLBACKS(scope, name, type, member, augmented, name##_compute_max)

#endif

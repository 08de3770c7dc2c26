/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Trees of intervals, both ends included, which find overlapping intervals. Nodes are sorted by
 * begin, and know the greatest end of their subtree.
 */
#ifndef KT_CORE_LINUX_INTERVAL_TREE_GENERIC_H
#define KT_CORE_LINUX_INTERVAL_TREE_GENERIC_H

#include <kt/core/linux/rbtree_augmented.h>

/*
 * type: the structure; rb: its rb_node; number: the type of an end; subtree: its field for the
 * greatest end of the subtree; start(node) and last(node): its ends; scope: the storage class of
 * the functions; prefix: the prefix of their names.
 */
#define INTERVAL_TREE_DEFINE(type, rb, number, subtree, start, last, scope, prefix) \
	RB_DECLARE_CALLBACKS_MAX(static, prefix##_augment, type, rb, number, subtree, last) \
	scope void prefix##_insert(type *node, struct rb_root_cached *root) \
	{ \
		struct rb_node **link = &root->rb_root.rb_node, *parent = NULL; \
		number __kt_start = start(node), __kt_last = last(node); \
		bool leftmost = true; \
		while (*link) { \
			type *__kt_at = rb_entry(*link, type, rb); \
			parent = *link; \
			if (__kt_at->subtree < __kt_last) \
				__kt_at->subtree = __kt_last; \
			if (__kt_start < start(__kt_at)) { \
				link = &parent->rb_left; \
			} else { \
				link = &parent->rb_right; \
				leftmost = false; \
			} \
		} \
		node->subtree = __kt_last; \
		rb_link_node(&node->rb, parent, link); \
		rb_insert_augmented_cached(&node->rb, root, leftmost, &prefix##_augment); \
	} \
	scope void prefix##_remove(type *node, struct rb_root_cached *root) \
	{ \
		rb_erase_augmented_cached(&node->rb, root, &prefix##_augment); \
	} \
	/* The first in this subtree that overlaps; one whose greatest end is not before `from`. */ \
	static inline type *prefix##_subtree_search(type *node, number from, number to) \
	{ \
		for (;;) { \
			type *__kt_left = rb_entry_safe(node->rb.rb_left, type, rb); \
			if (__kt_left && from <= __kt_left->subtree) { \
				/* What ends there begins before all that is right of it: if it does not overlap, none does. */ \
				node = __kt_left; \
				continue; \
			} \
			if (start(node) > to) \
				return NULL; \
			if (from <= last(node)) \
				return node; \
			node = rb_entry_safe(node->rb.rb_right, type, rb); \
			if (!node || node->subtree < from) \
				return NULL; \
		} \
	} \
	scope type *prefix##_iter_first(struct rb_root_cached *root, number from, number to) \
	{ \
		type *__kt_top = rb_entry_safe(root->rb_root.rb_node, type, rb); \
		if (!__kt_top || __kt_top->subtree < from) \
			return NULL; \
		return prefix##_subtree_search(__kt_top, from, to); \
	} \
	scope type *prefix##_iter_next(type *node, number from, number to) \
	{ \
		struct rb_node *__kt_rb = node->rb.rb_right, *__kt_from; \
		for (;;) { \
			type *__kt_right = rb_entry_safe(__kt_rb, type, rb); \
			if (__kt_right && from <= __kt_right->subtree) \
				return prefix##_subtree_search(__kt_right, from, to); \
			/* Up, to the first that is behind. */ \
			do { \
				__kt_from = &node->rb; \
				__kt_rb = rb_parent(__kt_from); \
				if (!__kt_rb) \
					return NULL; \
				node = rb_entry(__kt_rb, type, rb); \
			} while (node->rb.rb_right == __kt_from); \
			if (to < start(node)) \
				return NULL; \
			if (from <= last(node)) \
				return node; \
			__kt_rb = node->rb.rb_right; \
		} \
	}

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Intervals of unsigned long, both ends included: shim/interval_tree.c. */
#ifndef KT_CORE_LINUX_INTERVAL_TREE_H
#define KT_CORE_LINUX_INTERVAL_TREE_H

#include <kt/core/linux/compiler.h>
#include <kt/core/linux/rbtree.h>

struct interval_tree_node {
	struct rb_node rb;
	unsigned long start;
	unsigned long last;
	unsigned long __subtree_last;
};

KT_BEGIN
void interval_tree_insert(struct interval_tree_node *node, struct rb_root_cached *root);
void interval_tree_remove(struct interval_tree_node *node, struct rb_root_cached *root);
/* The overlapping intervals, in the order of their begins. */
struct interval_tree_node *interval_tree_iter_first(struct rb_root_cached *root, unsigned long start, unsigned long last);
struct interval_tree_node *interval_tree_iter_next(struct interval_tree_node *node, unsigned long start, unsigned long last);
KT_END

#endif

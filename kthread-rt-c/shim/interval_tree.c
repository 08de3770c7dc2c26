/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* linux/interval_tree.h: the generic tree (linux/interval_tree_generic.h) for unsigned long. */
#include <kt/core/linux/interval_tree.h>
#include <kt/core/linux/interval_tree_generic.h>

#define START(node) ((node)->start)
#define LAST(node) ((node)->last)

INTERVAL_TREE_DEFINE(struct interval_tree_node, rb, unsigned long, __subtree_last, START, LAST, , interval_tree)

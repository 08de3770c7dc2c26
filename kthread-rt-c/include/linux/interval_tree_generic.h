/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_INTERVAL_TREE_GENERIC_H
#define KT_LINUX_INTERVAL_TREE_GENERIC_H

#include <kt/core/linux/interval_tree_generic.h>

/* What a kernel's linux/interval_tree_generic.h brings along. */
#include <linux/rbtree_augmented.h>

#endif

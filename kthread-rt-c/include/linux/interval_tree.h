/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_INTERVAL_TREE_H
#define KT_LINUX_INTERVAL_TREE_H

#include <kt/core/linux/interval_tree.h>

/* What a kernel's linux/interval_tree.h brings along. */
#include <linux/rbtree.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_RBTREE_AUGMENTED_H
#define KT_LINUX_RBTREE_AUGMENTED_H

#include <kt/core/linux/rbtree_augmented.h>

/* What a kernel's linux/rbtree_augmented.h brings along. */
#include <linux/rbtree.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See rbtree.h. */
#ifndef KT_LINUX_RBTREE_TYPES_H
#define KT_LINUX_RBTREE_TYPES_H

#include <linux/rbtree.h>

#endif

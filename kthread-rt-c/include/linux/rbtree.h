/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_RBTREE_H
#define KT_LINUX_RBTREE_H

#include <kt/core/linux/rbtree.h>

/* What a kernel's linux/rbtree.h brings along. */
#include <linux/rbtree_types.h>
#include <linux/rcupdate.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_RBTREE_TYPES_H
#define KT_LINUX_RBTREE_TYPES_H

#include <kt/core/linux/rbtree.h>

#endif

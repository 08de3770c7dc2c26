/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_RADIX_TREE_H
#define KT_LINUX_RADIX_TREE_H

#include <kt/core/linux/radix-tree.h>

/* What a kernel's linux/radix-tree.h brings along. */
#include <linux/xarray.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_VMALLOC_H
#define KT_LINUX_VMALLOC_H

#include <kt/core/linux/vmalloc.h>

/* What a kernel's linux/vmalloc.h brings along. */
#include <linux/rbtree.h>
#include <linux/spinlock.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_MM_TYPES_H
#define KT_LINUX_MM_TYPES_H

#include <kt/core/linux/mm_types.h>

/* What a kernel's linux/mm_types.h brings along. */
#include <linux/kref.h>
#include <linux/notifier.h>
#include <linux/rbtree.h>
#include <linux/seqlock.h>

#endif

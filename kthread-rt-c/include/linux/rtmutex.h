/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_RTMUTEX_H
#define KT_LINUX_RTMUTEX_H

#include <kt/core/linux/rtmutex.h>

/* What a kernel's linux/rtmutex.h brings along. */
#include <linux/linkage.h>
#include <linux/rbtree_types.h>
#include <linux/spinlock_types_raw.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_REFCOUNT_H
#define KT_LINUX_REFCOUNT_H

#include <kt/core/linux/refcount.h>

/* What a kernel's linux/refcount.h brings along. */
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/limits.h>
#include <linux/spinlock_types.h>

#endif

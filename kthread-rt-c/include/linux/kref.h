/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_KREF_H
#define KT_LINUX_KREF_H

#include <kt/core/linux/kref.h>

/* What a kernel's linux/kref.h brings along. */
#include <linux/refcount.h>
#include <linux/spinlock.h>

#endif

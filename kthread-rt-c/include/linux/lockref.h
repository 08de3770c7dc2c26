/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_LOCKREF_H
#define KT_LINUX_LOCKREF_H

#include <kt/core/linux/lockref.h>

/* What a kernel's linux/lockref.h brings along. */
#include <linux/spinlock.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SEQLOCK_H
#define KT_LINUX_SEQLOCK_H

#include <kt/core/linux/seqlock.h>

/* What a kernel's linux/seqlock.h brings along. */
#include <linux/mutex.h>
#include <linux/spinlock.h>

#endif

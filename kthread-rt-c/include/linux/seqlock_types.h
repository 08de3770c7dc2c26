/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SEQLOCK_TYPES_H
#define KT_LINUX_SEQLOCK_TYPES_H

#include <kt/core/linux/seqlock.h>

/* What a kernel's linux/seqlock_types.h brings along. */
#include <linux/mutex_types.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_RATELIMIT_TYPES_H
#define KT_LINUX_RATELIMIT_TYPES_H

#include <kt/core/linux/ratelimit.h>

/* What a kernel's linux/ratelimit_types.h brings along. */
#include <linux/bits.h>
#include <linux/param.h>
#include <linux/spinlock_types_raw.h>

#endif

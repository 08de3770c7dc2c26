/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See spinlock_types.h. */
#ifndef KT_LINUX_SPINLOCK_TYPES_RAW_H
#define KT_LINUX_SPINLOCK_TYPES_RAW_H

#include <linux/spinlock_types.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See spinlock.h. */
#ifndef KT_LINUX_SPINLOCK_API_SMP_H
#define KT_LINUX_SPINLOCK_API_SMP_H

#include <linux/spinlock.h>

#endif

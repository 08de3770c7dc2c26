/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See spinlock.h. */
#ifndef KT_ASM_SPINLOCK_H
#define KT_ASM_SPINLOCK_H

#include <linux/spinlock.h>

#endif

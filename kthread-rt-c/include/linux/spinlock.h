/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SPINLOCK_H
#define KT_LINUX_SPINLOCK_H

#include <kt/core/linux/spinlock.h>

/* What a kernel's linux/spinlock.h brings along. */
#include <asm/spinlock.h>
#include <linux/bottom_half.h>
#include <linux/lockdep.h>
#include <linux/rwlock.h>
#include <linux/spinlock_api_smp.h>
#include <linux/spinlock_types.h>

#endif

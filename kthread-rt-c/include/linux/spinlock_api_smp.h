/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SPINLOCK_API_SMP_H
#define KT_LINUX_SPINLOCK_API_SMP_H

#include <kt/core/linux/spinlock.h>

/* What a kernel's linux/spinlock_api_smp.h brings along. */
#include <linux/rwlock_api_smp.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SEMAPHORE_H
#define KT_LINUX_SEMAPHORE_H

#include <kt/core/linux/semaphore.h>

/* What a kernel's linux/semaphore.h brings along. */
#include <linux/spinlock.h>

#endif

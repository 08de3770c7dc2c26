/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_ATOMIC_H
#define KT_LINUX_ATOMIC_H

#include <kt/core/asm/barrier.h>
#include <kt/core/linux/atomic.h>

/* What a kernel's linux/atomic.h brings along. */
#include <asm/atomic.h>
#include <linux/atomic/atomic-instrumented.h>
#include <linux/atomic/atomic-long.h>

#endif

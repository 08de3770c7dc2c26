/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_ATOMIC_ATOMIC_LONG_H
#define KT_LINUX_ATOMIC_ATOMIC_LONG_H

#include <kt/core/linux/atomic.h>

/* What a kernel's linux/atomic/atomic-long.h brings along. */
#include <linux/compiler.h>

#endif

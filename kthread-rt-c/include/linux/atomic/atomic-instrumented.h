/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_ATOMIC_ATOMIC_INSTRUMENTED_H
#define KT_LINUX_ATOMIC_ATOMIC_INSTRUMENTED_H

#include <kt/core/linux/atomic.h>

/* What a kernel's linux/atomic/atomic-instrumented.h brings along. */
#include <linux/build_bug.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_MIN_HEAP_H
#define KT_LINUX_MIN_HEAP_H

#include <kt/core/linux/min_heap.h>

/* What a kernel's linux/min_heap.h brings along. */
#include <linux/string.h>

#endif

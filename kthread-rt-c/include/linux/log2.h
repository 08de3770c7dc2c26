/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_LOG2_H
#define KT_LINUX_LOG2_H

#include <kt/core/linux/log2.h>

/* What a kernel's linux/log2.h brings along. */
#include <linux/bitops.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_CPUMASK_TYPES_H
#define KT_LINUX_CPUMASK_TYPES_H

#include <kt/core/linux/cpumask_types.h>

/* What a kernel's linux/cpumask_types.h brings along. */
#include <linux/bitops.h>
#include <linux/threads.h>

#endif

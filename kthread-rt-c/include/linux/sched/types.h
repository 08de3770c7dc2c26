/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SCHED_TYPES_H
#define KT_LINUX_SCHED_TYPES_H

#include <kt/core/linux/sched/types.h>

/* What a kernel's linux/sched/types.h brings along. */
#include <linux/types.h>

#endif

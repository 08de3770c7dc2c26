/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_SCHED_TYPES_H
#define KT_UAPI_LINUX_SCHED_TYPES_H

#include <kt/core/uapi/linux/sched/types.h>

/* What a kernel's uapi/linux/sched/types.h brings along. */
#include <linux/types.h>

#endif

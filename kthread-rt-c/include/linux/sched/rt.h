/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SCHED_RT_H
#define KT_LINUX_SCHED_RT_H

#include <kt/core/linux/sched/rt.h>

/* What a kernel's linux/sched/rt.h brings along. */
#include <linux/sched.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SCHED_DEADLINE_H
#define KT_LINUX_SCHED_DEADLINE_H

#include <kt/core/linux/sched/deadline.h>

/* What a kernel's linux/sched/deadline.h brings along. */
#include <linux/sched.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SCHED_ISOLATION_H
#define KT_LINUX_SCHED_ISOLATION_H

#include <kt/core/linux/cpumask.h>

/* What a kernel's linux/sched/isolation.h brings along. */
#include <linux/tick.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SCHED_CLOCK_H
#define KT_LINUX_SCHED_CLOCK_H

#include <kt/core/linux/sched/clock.h>

/* What a kernel's linux/sched/clock.h brings along. */
#include <linux/smp.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SCHED_STAT_H
#define KT_LINUX_SCHED_STAT_H

#include <kt/core/linux/types.h>

/* What a kernel's linux/sched/stat.h brings along. */
#include <linux/kconfig.h>
#include <linux/percpu.h>

#endif

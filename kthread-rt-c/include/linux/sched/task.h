/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SCHED_TASK_H
#define KT_LINUX_SCHED_TASK_H

#include <kt/core/linux/sched/task.h>

/* What a kernel's linux/sched/task.h brings along. */
#include <linux/uaccess.h>

#endif

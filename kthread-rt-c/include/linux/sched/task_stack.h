/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SCHED_TASK_STACK_H
#define KT_LINUX_SCHED_TASK_STACK_H

#include <kt/core/linux/sched/task_stack.h>

/* What a kernel's linux/sched/task_stack.h brings along. */
#include <linux/sched.h>

#endif

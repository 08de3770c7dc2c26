/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* References to tasks. */
#ifndef KT_LINUX_SCHED_TASK_H
#define KT_LINUX_SCHED_TASK_H

#include <linux/sched.h>

KT_BEGIN
struct task_struct *get_task_struct(struct task_struct *task);
void put_task_struct(struct task_struct *task);
KT_END

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What a task is doing. */
#ifndef KT_CORE_LINUX_SCHED_DEBUG_H
#define KT_CORE_LINUX_SCHED_DEBUG_H

#include <kt/core/linux/printk.h>
#include <kt/core/linux/sched.h>

#define sched_show_task(task) \
	printk(KERN_INFO "task:%s state:%c pid:%d\n", (task)->comm, task_state_to_char(task), (task)->pid)
#define show_state() do { } while (0)
#define show_stack(task, sp, level) sched_show_task(task)

#endif

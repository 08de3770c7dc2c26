// SPDX-License-Identifier: MIT OR Apache-2.0
/* kthread_stop() returns 0 whatever the thread returned. */
#include <linux/kthread.h>

#undef kthread_stop
int __real_kthread_stop(struct task_struct *task);
int __wrap_kthread_stop(struct task_struct *task);
int __wrap_kthread_stop(struct task_struct *task)
{
	__real_kthread_stop(task);
	return 0;
}

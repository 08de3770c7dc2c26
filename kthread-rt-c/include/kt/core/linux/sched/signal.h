/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Signals that tasks send each other, and walks over all tasks. */
#ifndef KT_CORE_LINUX_SCHED_SIGNAL_H
#define KT_CORE_LINUX_SCHED_SIGNAL_H

#include <kt/core/linux/sched.h>
#include <kt/core/linux/sched/task.h>
#include <kt/core/linux/signal.h>

KT_BEGIN
void allow_signal(int sig);
void allow_kernel_signal(int sig);
void disallow_signal(int sig);
int kernel_dequeue_signal(void);
void flush_signals(struct task_struct *task);
int send_sig(int sig, struct task_struct *task, int from_kernel);
int kt_signal_pending(struct task_struct *task);
int kt_fatal_signal_pending(struct task_struct *task);
int kt_signal_pending_state(unsigned int state, struct task_struct *task);
KT_END

#define signal_pending(task) kt_signal_pending(task)
#define fatal_signal_pending(task) kt_fatal_signal_pending(task)
#define signal_pending_state(state, task) kt_signal_pending_state(state, task)

/* Every task leads a group of its own here, so processes and threads are the same tasks. The idle task is left out. */
#define for_each_process(task) \
	for (task = kt_next_task(0); task; task = kt_next_task((task)->pid))
#define for_each_process_thread(process, thread) \
	for_each_process(process) \
		for (thread = process; thread; thread = 0)
#define do_each_thread(process, thread) for_each_process_thread(process, thread)
#define while_each_thread(process, thread)
#define for_each_thread(process, thread) for (thread = process; thread; thread = 0)
#define thread_group_leader(task) ((task)->group_leader == (task))
#define next_thread(task) (task)

#endif

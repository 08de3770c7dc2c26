/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Signals that tasks send each other, and walks over all tasks. */
#ifndef KT_CORE_LINUX_SCHED_SIGNAL_H
#define KT_CORE_LINUX_SCHED_SIGNAL_H

#include <kt/core/linux/sched.h>
#include <kt/core/linux/sched/task.h>
#include <kt/core/linux/signal.h>

KT_BEGIN
int kernel_dequeue_signal(void);
void flush_signals(struct task_struct *task);
int send_sig(int sig, struct task_struct *task, int from_kernel);
int signal_pending(struct task_struct *task) __asm__("kt_signal_pending");
int fatal_signal_pending(struct task_struct *task) __asm__("kt_fatal_signal_pending");
int signal_pending_state(unsigned int state, struct task_struct *task) __asm__("kt_signal_pending_state");
KT_END

/* Every task leads a group of its own here, so processes and threads are the same tasks. The idle task is left out. */
#define for_each_process(task) \
	for (task = kt_next_task(0); task; task = kt_next_task((task)->pid))
#define for_each_process_thread(process, thread) \
	for_each_process(process) \
		for (thread = process; thread; thread = 0)
#define do_each_thread(process, thread) for_each_process_thread(process, thread)
#define while_each_thread(process, thread)
#define for_each_thread(process, thread) for (thread = process; thread; thread = 0)

static inline bool thread_group_leader(struct task_struct *task)
{
	return task->group_leader == task;
}

static inline struct task_struct *next_thread(const struct task_struct *task)
{
	return (struct task_struct *)task;
}

/* To the caller. Here it ends nobody who does not look. */
#if KT_SINCE(5, 3)
static inline void force_sig(int sig)
{
	send_sig(sig, current, 1);
}
#else
static inline int force_sig(int sig, struct task_struct *task)
{
	return send_sig(sig, task, 1);
}
#endif

static inline int send_sig_info(int sig, struct kernel_siginfo *info, struct task_struct *task)
{
	return send_sig(sig, task, info == SEND_SIG_PRIV);
}

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Sending signals, and walks over all tasks. */
#ifndef KT_CORE_LINUX_SCHED_SIGNAL_H
#define KT_CORE_LINUX_SCHED_SIGNAL_H

#include <kt/core/linux/list.h>
#include <kt/core/linux/pid.h>
#include <kt/core/linux/resource.h>
#include <kt/core/linux/sched.h>
#include <kt/core/linux/sched/task.h>
#include <kt/core/linux/signal.h>
#include <kt/core/linux/spinlock_types.h>

KT_BEGIN
int kernel_dequeue_signal(void);
#if KT_SINCE(4, 4)
void kernel_signal_stop(void) __asm__("kt_kernel_signal_stop");
#endif
int kt_dequeue_signal(const unsigned long *mask);
int kt_force_sig(int sig);
void flush_signals(struct task_struct *task);
int send_sig(int sig, struct task_struct *task, int from_kernel);
int signal_pending(struct task_struct *task) __asm__("kt_signal_pending");
int fatal_signal_pending(struct task_struct *task) __asm__("kt_fatal_signal_pending");
int signal_pending_state(unsigned int state, struct task_struct *task) __asm__("kt_signal_pending_state");
/* Applies current->blocked, which the caller has written. */
void recalc_sigpending(void) __asm__("kt_recalc_sigpending");
KT_END

/*
 * A set of handlers. SIG_KTHREAD and SIG_KTHREAD_KERNEL are the handlers of allowed signals. The
 * lock excludes nobody here.
 */
struct sighand_struct {
	spinlock_t siglock;
#if KT_SINCE(5, 1)
	refcount_t count;
#else
	atomic_t count;
#endif
	struct k_sigaction action[_NSIG];
};

/*
 * The data that a thread group shares. Every task leads a group of its own. The times and counts of
 * ended members are 0, since there are none. Resource limits are the process's at its start.
 */
struct signal_struct {
#if KT_SINCE(5, 1)
	refcount_t sigcnt;
#else
	atomic_t sigcnt;
#endif
	atomic_t live;
	int nr_threads;
	int kt_pad;
	struct list_head thread_head;
	struct sigpending shared_pending;
	int group_exit_code;
	int notify_count;
	int group_stop_count;
	unsigned int flags;
	struct tty_struct *tty; /* null */
	int leader;
	int kt_pad2;
	union {
		u64 utime, stime, cutime, cstime;
		unsigned long nvcsw, nivcsw, cnvcsw, cnivcsw, min_flt, maj_flt, cmin_flt, cmaj_flt;
		unsigned long long sum_sched_runtime;
	};
	struct rlimit *rlim; /* of RLIM_NLIMITS */
	short oom_score_adj, oom_score_adj_min;
};

static inline int get_nr_threads(struct task_struct *task)
{
	return task->signal->nr_threads;
}

static inline bool thread_group_leader(struct task_struct *task)
{
	return task->group_leader == task;
}

static inline bool same_thread_group(struct task_struct *a, struct task_struct *b)
{
	return a->signal == b->signal;
}

static inline int thread_group_empty(struct task_struct *task)
{
	return task->signal->nr_threads == 1;
}

static inline unsigned long task_rlimit(const struct task_struct *task, unsigned int limit)
{
	return READ_ONCE(task->signal->rlim[limit].rlim_cur);
}

static inline unsigned long task_rlimit_max(const struct task_struct *task, unsigned int limit)
{
	return READ_ONCE(task->signal->rlim[limit].rlim_max);
}

static inline unsigned long rlimit(unsigned int limit)
{
	return task_rlimit(current, limit);
}

static inline unsigned long rlimit_max(unsigned int limit)
{
	return task_rlimit_max(current, limit);
}

static inline struct task_struct *next_thread(const struct task_struct *task)
{
	return (struct task_struct *)task;
}

static inline struct task_struct *__next_thread(struct task_struct *task)
{
	(void)task;
	return 0;
}

/*
 * Walks over all tasks but the idle one. next_task() goes on with the next pid, even if the task
 * has ended meanwhile. It keeps the tasks that it returns until the modules are unloaded, and
 * updates their counters. Processes and threads are the same tasks.
 */
#define next_task(task) kt_next_task(task)
#define for_each_process(task) for (task = &init_task; (task = next_task(task)) != &init_task;)
#define while_each_thread(process, thread) while ((thread = next_thread(thread)) != (process))
#define for_each_thread(process, thread) for (thread = (process); thread; thread = __next_thread(thread))
#define for_each_process_thread(process, thread) for_each_process(process) for_each_thread(process, thread)
#if !KT_SINCE(6, 6)
#define do_each_thread(process, thread) \
	for (process = &init_task; (process = thread = next_task(process)) != &init_task;) \
		do
#endif

/* Sends a signal to the caller. Here it does not end a task that does not check. */
#if KT_SINCE(5, 3)
static inline void force_sig(int sig)
{
	kt_force_sig(sig);
}
#else
static inline int force_sig(int sig, struct task_struct *task)
{
	return task == current ? kt_force_sig(sig) : send_sig(sig, task, 1);
}
#endif

/*
 * Dequeues the caller's next signal that is not in the mask. Only the number of a signal is stored.
 */
static inline int kt_dequeue_signal_of(sigset_t *mask, struct KT_SIGINFO *info)
{
	struct KT_SIGINFO found = { 0 };

	found.si_signo = kt_dequeue_signal(kt_sigset_word(mask));
	if (found.si_signo)
		*info = found;
	return found.si_signo;
}

#if KT_SINCE(6, 12)
static inline int dequeue_signal(sigset_t *mask, struct KT_SIGINFO *info, enum pid_type *type)
{
	*type = PIDTYPE_PID;
	return kt_dequeue_signal_of(mask, info);
}
#elif KT_SINCE(5, 17)
static inline int dequeue_signal(struct task_struct *task, sigset_t *mask, struct KT_SIGINFO *info, enum pid_type *type)
{
	(void)task;
	*type = PIDTYPE_PID;
	return kt_dequeue_signal_of(mask, info);
}
#else
static inline int dequeue_signal(struct task_struct *task, sigset_t *mask, struct KT_SIGINFO *info)
{
	(void)task;
	return kt_dequeue_signal_of(mask, info);
}
#endif

static inline int kill_pid_info(int sig, struct KT_SIGINFO *info, struct pid *pid)
{
	return kill_pid(pid, sig, (unsigned long)info - 1 < 2);
}

static inline int send_sig_info(int sig, struct KT_SIGINFO *info, struct task_struct *task)
{
	return send_sig(sig, task, (unsigned long)info - 1 < 2);
}

#endif

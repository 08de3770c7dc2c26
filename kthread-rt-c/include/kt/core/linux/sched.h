/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Tasks: their fields, their states, sleeping and waking. */
#ifndef KT_CORE_LINUX_SCHED_H
#define KT_CORE_LINUX_SCHED_H

#include <kt/core/asm/current.h>
#include <kt/core/asm/thread_info.h>
#include <kt/core/linux/capability.h>
#include <kt/core/linux/cpumask_types.h>
#include <kt/core/linux/jiffies.h>
#include <kt/core/linux/refcount_types.h>
#include <kt/core/linux/signal_types.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/uidgid.h>
#include <kt/core/linux/version.h>
#if !KT_SINCE(4, 11)
#include <kt/core/uapi/linux/sched/types.h>
#endif
#if !KT_SINCE(3, 17)
#include <kt/core/linux/time.h>
#endif

#define TASK_RUNNING 0x00000000
#define TASK_INTERRUPTIBLE 0x00000001
#define TASK_UNINTERRUPTIBLE 0x00000002
#define __TASK_STOPPED 0x00000004
#define __TASK_TRACED 0x00000008
#define EXIT_DEAD 0x00000010
#define EXIT_ZOMBIE 0x00000020
#define EXIT_TRACE (EXIT_ZOMBIE | EXIT_DEAD)
#define TASK_PARKED 0x00000040
#define TASK_DEAD 0x00000080
#define TASK_WAKEKILL 0x00000100
#define TASK_WAKING 0x00000200
#if KT_SINCE(4, 2)
#define TASK_NOLOAD 0x00000400
#endif
#if KT_SINCE(4, 8)
#define TASK_NEW 0x00000800
#endif
#if KT_SINCE(6, 1)
#define TASK_FREEZABLE __KT_TASK_FREEZABLE
#define TASK_FROZEN 0x00008000
#endif
/* Names for these came with 4.2 and 6.1. */
#define __KT_TASK_IDLE (TASK_UNINTERRUPTIBLE | 0x00000400)
#define __KT_TASK_FREEZABLE 0x00002000
#define TASK_STATE_MAX 0x00010000
#if KT_SINCE(6, 1)
#define TASK_ANY (TASK_STATE_MAX - 1)
#endif
#define TASK_KILLABLE (TASK_WAKEKILL | TASK_UNINTERRUPTIBLE)
#define TASK_STOPPED (TASK_WAKEKILL | __TASK_STOPPED)
#if KT_SINCE(5, 19)
#define TASK_TRACED __TASK_TRACED
#else
#define TASK_TRACED (TASK_WAKEKILL | __TASK_TRACED)
#endif
#if KT_SINCE(4, 2)
#define TASK_IDLE __KT_TASK_IDLE
#endif
#define TASK_NORMAL (TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE)
#if !KT_SINCE(4, 19)
#define TASK_ALL (TASK_NORMAL | __TASK_STOPPED | __TASK_TRACED)
#endif

#define PF_IDLE 0x00000002
#define PF_EXITING 0x00000004
#define PF_WQ_WORKER 0x00000020
#define PF_FORKNOEXEC 0x00000040
#define PF_NOFREEZE 0x00008000
#define PF_KTHREAD 0x00200000
#define PF_NO_SETAFFINITY 0x04000000

#define TASK_COMM_LEN 16
#define MAX_SCHEDULE_TIMEOUT (~0UL >> 1)

#define SCHED_NORMAL 0
#define SCHED_FIFO 1
#define SCHED_RR 2
#define SCHED_BATCH 3
#define SCHED_IDLE 5
#define SCHED_DEADLINE 6

#define MAX_NICE 19
#define MIN_NICE -20
#define MAX_RT_PRIO 100
#if !KT_SINCE(5, 12)
#define MAX_USER_RT_PRIO 100
#endif
#define DEFAULT_PRIO 120
#define NICE_TO_PRIO(nice) ((nice) + DEFAULT_PRIO)
#define PRIO_TO_NICE(prio) ((prio) - DEFAULT_PRIO)

struct cred;
struct files_struct;
struct fs_struct;
struct kunit;
struct nsproxy;
struct pid;
struct sighand_struct;
struct signal_struct;
#if !KT_SINCE(4, 11)
/* In nanoseconds, as in a kernel with CONFIG_VIRT_CPU_ACCOUNTING_GEN. */
typedef u64 cputime_t;
#endif

/* The scheduler's counters of a task, in nanoseconds. Updated like task_struct's times. */
struct sched_entity {
	union {
		u64 sum_exec_runtime;
		u64 prev_sum_exec_runtime;
		u64 vruntime; /* as a task of nice 0 has it */
	};
	union { /* 0 */
		u64 exec_start;
		u64 nr_migrations;
	};
};

/*
 * The task itself: C and Rust read the same bytes (kthread-rt, src/task/mod.rs and shown.rs). Its
 * fields are read-only. Tasks are only made by kthread_create(); there are further fields after the
 * last one. FIELDS.md describes the fields.
 */
struct task_struct {
	union {
		unsigned int kt_state;
#if KT_SINCE(5, 14)
		unsigned int __state;
#else
		volatile long state;
#endif
		unsigned long kt_state_word; /* the upper half is 0 */
	};
	unsigned int flags;
	pid_t pid;
	pid_t tgid;
	int prio;
	int static_prio;
	int normal_prio;
	unsigned int rt_priority;
	unsigned int policy;
	int exit_state;
	int exit_code;
	int exit_signal;
	char comm[TASK_COMM_LEN];
	union {
		struct task_struct *real_parent;
		struct task_struct *parent;
	};
	struct task_struct *group_leader;
	union {
		struct mm_struct *mm;
		struct mm_struct *active_mm;
	};
	const struct kt_place *kt_place;
	struct kunit *kunit_test;
	union {
		int on_rq;
		int on_cpu;
	};
	union {
		struct thread_info kt_thread_info;
#if KT_SINCE(4, 9)
		struct thread_info thread_info;
#endif
		struct {
			unsigned long kt_before_cpu[2];
			u32 kt_before_cpu_too;
			union {
				int wake_cpu;
				int recent_used_cpu;
#if KT_SINCE(4, 9) && !KT_SINCE(5, 16)
				unsigned int cpu;
#endif
			};
		};
	};
#if KT_SINCE(5, 3)
	cpumask_t cpus_mask;
	const cpumask_t *cpus_ptr;
#else
	cpumask_t cpus_allowed;
	const cpumask_t *kt_cpus_ptr;
#endif
	struct list_head tasks;
	struct list_head children;
	struct list_head sibling;
#if KT_SINCE(6, 7)
	struct list_head kt_thread_group;
#else
	struct list_head thread_group;
#endif
	struct list_head thread_node;
	struct sighand_struct *sighand;
	struct signal_struct *signal;
	kt_sigset_t blocked;
	struct sigpending pending;
#if KT_SINCE(3, 17)
	u64 start_time;
#if KT_SINCE(5, 5)
	u64 start_boottime;
#else
	u64 real_start_time;
#endif
#else
	u64 kt_start_time[2];
#endif
#if KT_SINCE(4, 11)
	u64 utime, stime;
#else
	cputime_t utime, stime;
#endif
	unsigned long nvcsw, nivcsw;
	unsigned long min_flt, maj_flt;
	struct sched_entity se;
	const struct cred *real_cred;
	const struct cred *cred;
	struct fs_struct *fs;
	struct files_struct *files;
	struct nsproxy *nsproxy;
#if KT_SINCE(4, 19)
	struct pid *thread_pid;
#else
	struct pid *kt_thread_pid;
#endif
#if KT_SINCE(3, 17)
	u64 kt_start_timespec[2];
#else
	union {
		struct timespec start_time, real_start_time;
	};
#endif
	int nr_cpus_allowed;
#if KT_SINCE(5, 1)
	refcount_t usage;
#else
	atomic_t usage;
#endif
	unsigned int ptrace;
	unsigned int personality;
	int pdeath_signal;
	unsigned int sessionid;
	kuid_t loginuid;
	unsigned long jobctl;
	void *journal_info; /* null, as those that follow */
	int __user *set_child_tid, *clear_child_tid;
	void *stack;
	unsigned in_execve : 1, in_iowait : 1;
};

struct cpumask;
struct sched_attr;
struct sched_param;

KT_BEGIN
void kt_set_current_state(unsigned int state);
void schedule(void);
long schedule_timeout(long timeout);
long schedule_timeout_interruptible(long timeout);
long schedule_timeout_killable(long timeout);
long schedule_timeout_uninterruptible(long timeout);
long schedule_timeout_idle(long timeout);
void io_schedule(void);
long io_schedule_timeout(long timeout);
int wake_up_process(struct task_struct *task);
/* Every task leads its own group, so this is the group's number, too. */
pid_t kt_task_pid_vnr(struct task_struct *task);
int wake_up_state(struct task_struct *task, unsigned int state);
void yield(void) __asm__("kt_yield");
int kt_cond_resched(void);
void set_user_nice(struct task_struct *task, long nice);
#if KT_SINCE(5, 9)
void sched_set_fifo(struct task_struct *task);
#endif
void sched_set_fifo_low(struct task_struct *task);
#if KT_SINCE(5, 9)
void sched_set_normal(struct task_struct *task, int nice);
#endif
int kt_sched_setscheduler(struct task_struct *task, int policy, const struct sched_param *param);
int set_cpus_allowed_ptr(struct task_struct *task, const struct cpumask *mask);
unsigned long wait_task_inactive(struct task_struct *task, unsigned int state) __asm__("kt_wait_task_inactive");
struct task_struct *find_task_by_vpid(pid_t pid);
struct task_struct *kt_init_task(void);
struct task_struct *kt_next_task(struct task_struct *task);
/* The cpu that the task runs on, or last ran on. */
unsigned int task_cpu(const struct task_struct *task) __asm__("kt_task_cpu");
char task_state_to_char(struct task_struct *task) __asm__("kt_task_state_to_char");
char *kt_get_task_comm(char *buf, const struct task_struct *task);
KT_END

/* Records the caller's place. */
#define schedule_timeout(...) schedule_timeout(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define schedule_timeout_interruptible(...) schedule_timeout_interruptible(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define schedule_timeout_killable(...) schedule_timeout_killable(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define schedule_timeout_uninterruptible(...) schedule_timeout_uninterruptible(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define schedule_timeout_idle(...) schedule_timeout_idle(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define io_schedule_timeout(...) io_schedule_timeout(__VA_OPT__(__kt_here(__VA_ARGS__)))

/*
 * Records the place, because schedule() follows and is not a macro: structures may have members of
 * that name.
 */
#define set_current_state(state) __kt_at(kt_set_current_state(state))
#define __set_current_state(state) kt_set_current_state(state)
#if KT_SINCE(4, 17)
#define set_special_state(state) kt_set_current_state(state)
#endif
#if !KT_SINCE(4, 11)
#define set_task_state(task, to) \
	((task) == current ? set_current_state(to) : (void)__atomic_exchange_n(&(task)->kt_state, (to), __ATOMIC_SEQ_CST))
#define __set_task_state(task, to) set_task_state(task, to)
#endif
#if KT_SINCE(5, 14)
#define get_current_state() READ_ONCE(current->__state)
#define task_is_running(task) (READ_ONCE((task)->__state) == TASK_RUNNING)
#endif
#define cond_resched() kt_cond_resched()
#define get_task_comm(buf, task) kt_get_task_comm(buf, task)

/* libc has a function of this name. */
#if __STDC_HOSTED__
#define sched_setscheduler kt_sched_setscheduler
#else
KT_BEGIN
extern __typeof__(kt_sched_setscheduler) sched_setscheduler __asm__("kt_sched_setscheduler");
KT_END
#endif
KT_BEGIN
extern __typeof__(kt_sched_setscheduler) sched_setscheduler_nocheck __asm__("kt_sched_setscheduler");
KT_END

#if KT_SINCE(3, 14)
struct sched_attr;

KT_BEGIN
/*
 * The policy, with its niceness or priority. Fields for SCHED_DEADLINE are ignored.
 */
int kt_sched_setattr(struct task_struct *task, const struct sched_attr *attr);
KT_END
#if __STDC_HOSTED__
#define sched_setattr kt_sched_setattr
#else
KT_BEGIN
extern __typeof__(kt_sched_setattr) sched_setattr __asm__("kt_sched_setattr");
KT_END
#endif
#if KT_SINCE(5, 3)
KT_BEGIN
extern __typeof__(kt_sched_setattr) sched_setattr_nocheck __asm__("kt_sched_setattr");
KT_END
#endif
#endif

#define task_thread_info(task) (&(task)->kt_thread_info)

static inline int test_tsk_thread_flag(struct task_struct *task, int flag)
{
	return (int)(READ_ONCE(task_thread_info(task)->flags) >> flag & 1);
}

static inline int test_tsk_need_resched(struct task_struct *task)
{
	(void)task;
	return 0;
}

static inline int task_nice(const struct task_struct *task)
{
	return PRIO_TO_NICE(task->static_prio);
}

/* Every task may. */
static inline int can_nice(const struct task_struct *task, int nice)
{
	return nice >= task_nice(task) || capable(CAP_SYS_NICE);
}

static inline pid_t task_pid_nr(const struct task_struct *task)
{
	return task->pid;
}

static inline pid_t task_pid_vnr(struct task_struct *task)
{
	return kt_task_pid_vnr(task);
}

static inline pid_t task_tgid_nr(const struct task_struct *task)
{
	return task->tgid;
}

static inline pid_t task_tgid_vnr(struct task_struct *task)
{
	return kt_task_pid_vnr(task);
}

static inline pid_t task_ppid_nr(const struct task_struct *task)
{
	return task->real_parent->pid;
}

/* Names that a kernel declares with it. */
#include <kt/core/linux/mutex.h>
#include <kt/core/linux/nodemask.h>
#include <kt/core/linux/pid.h>
#include <kt/core/linux/preempt.h>
#include <kt/core/linux/rcupdate.h>

#if KT_SINCE(3, 11)
/* Leaves the section meanwhile: other tasks may wait for its end. */
static inline void cond_resched_rcu(void)
{
	rcu_read_unlock();
	cond_resched();
	rcu_read_lock();
}
#endif
#include <kt/core/linux/refcount.h>
#include <kt/core/linux/thread_info.h>
#include <kt/core/uapi/linux/sched.h>

/* What it had itself before 4.11. */
#if !KT_SINCE(4, 11)
#include <kt/core/linux/sched/signal.h>
#endif

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Tasks: their fields, their states, sleeping and waking. */
#ifndef KT_CORE_LINUX_SCHED_H
#define KT_CORE_LINUX_SCHED_H

#include <kt/core/asm/current.h>
#include <kt/core/linux/jiffies.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>
#if !KT_SINCE(4, 11)
#include <kt/core/uapi/linux/sched/types.h>
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
#define TASK_NOLOAD 0x00000400
#define TASK_NEW 0x00000800
#define TASK_FREEZABLE 0x00002000
#define TASK_FROZEN 0x00008000
#define TASK_STATE_MAX 0x00010000
#define TASK_ANY (TASK_STATE_MAX - 1)
#define TASK_KILLABLE (TASK_WAKEKILL | TASK_UNINTERRUPTIBLE)
#define TASK_STOPPED (TASK_WAKEKILL | __TASK_STOPPED)
#define TASK_TRACED __TASK_TRACED
#define TASK_IDLE (TASK_UNINTERRUPTIBLE | TASK_NOLOAD)
#define TASK_NORMAL (TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE)

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
#define DEFAULT_PRIO 120
#define NICE_TO_PRIO(nice) ((nice) + DEFAULT_PRIO)
#define PRIO_TO_NICE(prio) ((prio) - DEFAULT_PRIO)

/*
 * The task itself: what C reads and what Rust reads are the same bytes. Its fields are for reading. A task is made by
 * kthread_create() only; there is more behind the last field.
 */
struct task_struct {
	union {
		unsigned int __state;
		unsigned int state; /* its name before 5.14 */
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
};

struct cpumask;
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
int wake_up_state(struct task_struct *task, unsigned int state);
void kt_yield(void);
int kt_cond_resched(void);
void set_user_nice(struct task_struct *task, long nice);
void sched_set_fifo(struct task_struct *task);
void sched_set_fifo_low(struct task_struct *task);
void sched_set_normal(struct task_struct *task, int nice);
int kt_sched_setscheduler(struct task_struct *task, int policy, const struct sched_param *param);
int set_cpus_allowed_ptr(struct task_struct *task, const struct cpumask *mask);
unsigned long kt_wait_task_inactive(struct task_struct *task, unsigned int state);
struct task_struct *find_task_by_vpid(pid_t pid);
struct task_struct *kt_next_task(pid_t pid);
char kt_task_state_to_char(struct task_struct *task);
char *kt_get_task_comm(char *buf, const struct task_struct *task);
KT_END

/* With the place that calls. */
#define io_schedule() __kt_at(io_schedule())
#define schedule_timeout(timeout) __kt_at(schedule_timeout(timeout))
#define schedule_timeout_interruptible(timeout) __kt_at(schedule_timeout_interruptible(timeout))
#define schedule_timeout_killable(timeout) __kt_at(schedule_timeout_killable(timeout))
#define schedule_timeout_uninterruptible(timeout) __kt_at(schedule_timeout_uninterruptible(timeout))
#define schedule_timeout_idle(timeout) __kt_at(schedule_timeout_idle(timeout))
#define io_schedule_timeout(timeout) __kt_at(io_schedule_timeout(timeout))

/* With the place, since schedule() comes next and is no macro: structures may have members of that name. */
#define set_current_state(state) __kt_at(kt_set_current_state(state))
#define __set_current_state(state) kt_set_current_state(state)
#define set_special_state(state) kt_set_current_state(state)
#define get_current_state() READ_ONCE(current->__state)
#define task_is_running(task) (READ_ONCE((task)->__state) == TASK_RUNNING)
#define yield() kt_yield()
#define cond_resched() kt_cond_resched()
#define wait_task_inactive(task, state) kt_wait_task_inactive(task, state)
#define task_state_to_char(task) kt_task_state_to_char(task)
#define get_task_comm(buf, task) kt_get_task_comm(buf, task)

/* libc has a function of this name. */
#define sched_setscheduler(task, policy, param) kt_sched_setscheduler(task, policy, param)
#define sched_setscheduler_nocheck(task, policy, param) kt_sched_setscheduler(task, policy, param)

static inline int task_nice(const struct task_struct *task)
{
	return PRIO_TO_NICE(task->static_prio);
}

static inline pid_t task_pid_nr(const struct task_struct *task)
{
	return task->pid;
}

static inline pid_t task_pid_vnr(const struct task_struct *task)
{
	return task->pid;
}

static inline pid_t task_tgid_nr(const struct task_struct *task)
{
	return task->tgid;
}

static inline pid_t task_tgid_vnr(const struct task_struct *task)
{
	return task->tgid;
}

static inline pid_t task_ppid_nr(const struct task_struct *task)
{
	return task->real_parent->pid;
}

/* What comes with it in a kernel. */
#include <kt/core/linux/mutex.h>
#include <kt/core/linux/nodemask.h>
#include <kt/core/linux/pid.h>
#include <kt/core/linux/preempt.h>
#include <kt/core/linux/rcupdate.h>
#include <kt/core/linux/refcount.h>
#include <kt/core/linux/thread_info.h>
#include <kt/core/uapi/linux/sched.h>

/* What it had itself before 4.11. */
#if !KT_SINCE(4, 11)
#include <kt/core/linux/sched/signal.h>
#endif

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Freezing, as before a suspend. */
#ifndef KT_CORE_LINUX_FREEZER_H
#define KT_CORE_LINUX_FREEZER_H

#include <kt/core/linux/hrtimer.h>
#include <kt/core/linux/sched.h>
#include <kt/core/linux/wait.h>

KT_BEGIN
bool kt_freezing(struct task_struct *task);
bool kt_try_to_freeze(void);
bool frozen(struct task_struct *task);
bool __refrigerator(bool check_kthr_stop);
bool set_freezable(void);
int freeze_processes(void);
int freeze_kernel_threads(void);
void thaw_processes(void);
void thaw_kernel_threads(void);
KT_END

static inline bool freezing(struct task_struct *task)
{
	return kt_freezing(task);
}

static inline bool try_to_freeze(void)
{
	return kt_try_to_freeze();
}

static inline bool try_to_freeze_nowarn(void)
{
	return kt_try_to_freeze();
}

static inline bool cgroup_freezing(struct task_struct *task)
{
	(void)task;
	return false;
}

/*
 * The names before 6.1. Freezing wakes a kthread from any sleep, so these freeze after the sleep.
 */
static inline void freezer_do_not_count(void)
{
}

static inline void freezer_count(void)
{
	kt_try_to_freeze();
}

static inline void freezable_schedule(void)
{
	schedule();
	kt_try_to_freeze();
}

#define __kt_freezable(sleep) ({ long __kt_left = (sleep); kt_try_to_freeze(); __kt_left; })

/* The parenthesised call does not record a place; the caller's is recorded below. */
static inline long freezable_schedule_timeout(long timeout)
{
	return __kt_freezable((schedule_timeout)(timeout));
}

static inline long freezable_schedule_timeout_interruptible(long timeout)
{
	return __kt_freezable((schedule_timeout_interruptible)(timeout));
}

static inline long freezable_schedule_timeout_killable(long timeout)
{
	return __kt_freezable((schedule_timeout_killable)(timeout));
}

#define freezable_schedule_timeout(...) freezable_schedule_timeout(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define freezable_schedule_timeout_interruptible(...) freezable_schedule_timeout_interruptible(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define freezable_schedule_timeout_killable(...) freezable_schedule_timeout_killable(__VA_OPT__(__kt_here(__VA_ARGS__)))

static inline int freezable_schedule_hrtimeout_range(ktime_t *expires, u64 delta, const enum hrtimer_mode mode)
{
	return (int)__kt_freezable(schedule_hrtimeout_range(expires, delta, mode));
}

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The tick. There is none, so no cpu is in nohz mode. */
#ifndef KT_CORE_LINUX_TICK_H
#define KT_CORE_LINUX_TICK_H

#include <kt/core/linux/cpumask.h>
#include <kt/core/linux/sched.h>

enum tick_dep_bits {
	TICK_DEP_BIT_POSIX_TIMER = 0,
	TICK_DEP_BIT_PERF_EVENTS = 1,
	TICK_DEP_BIT_SCHED = 2,
	TICK_DEP_BIT_CLOCK_UNSTABLE = 3,
	TICK_DEP_BIT_RCU = 4,
	TICK_DEP_BIT_RCU_EXP = 5,
};

static inline bool tick_nohz_full_enabled(void)
{
	return false;
}

#define tick_nohz_full_cpu(cpu) ((void)(cpu), false)

static inline void tick_dep_set_task(struct task_struct *task, enum tick_dep_bits bit)
{
	(void)bit, (void)task;
}

static inline void tick_dep_clear_task(struct task_struct *task, enum tick_dep_bits bit)
{
	(void)bit, (void)task;
}

static inline void tick_dep_set_cpu(int cpu, enum tick_dep_bits bit)
{
	(void)bit, (void)cpu;
}

static inline void tick_dep_clear_cpu(int cpu, enum tick_dep_bits bit)
{
	(void)bit, (void)cpu;
}

#endif

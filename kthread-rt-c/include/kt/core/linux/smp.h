/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Which cpu this is, and calls on others. */
#ifndef KT_CORE_LINUX_SMP_H
#define KT_CORE_LINUX_SMP_H

#include <kt/core/linux/cpumask.h>
#include <kt/core/linux/preempt.h>

typedef void (*smp_call_func_t)(void *info);
typedef bool (*smp_cond_func_t)(int cpu, void *info);

KT_BEGIN
unsigned int kt_cpu(void);
/*
 * The calling thread calls func, and says meanwhile that it is on the cpu that the call is for:
 * there are no interrupts to send.
 */
int smp_call_function_single(int cpu, smp_call_func_t func, void *info, int wait);
/* For each cpu of the mask, the caller's only if `own`. */
void kt_on_each_cpu(const struct cpumask *mask, smp_call_func_t func, void *info, bool own);
int smp_call_on_cpu(unsigned int cpu, int (*func)(void *), void *info, bool phys);
KT_END

/* At this moment: a thread of a process may be moved by the system, unless it is bound to one cpu. */
#define raw_smp_processor_id() kt_cpu()
#define smp_processor_id() kt_cpu()
#define debug_smp_processor_id kt_cpu
#define get_cpu() ({ preempt_disable(); kt_cpu(); })
#define put_cpu() preempt_enable()

static inline void on_each_cpu(smp_call_func_t func, void *info, int wait)
{
	(void)wait;
	kt_on_each_cpu(cpu_online_mask, func, info, true);
}

static inline void on_each_cpu_mask(const struct cpumask *mask, smp_call_func_t func, void *info, bool wait)
{
	(void)wait;
	kt_on_each_cpu(mask, func, info, true);
}

static inline void smp_call_function(smp_call_func_t func, void *info, int wait)
{
	(void)wait;
	kt_on_each_cpu(cpu_online_mask, func, info, false);
}

static inline void smp_call_function_many(const struct cpumask *mask, smp_call_func_t func, void *info, bool wait)
{
	(void)wait;
	kt_on_each_cpu(mask, func, info, false);
}

/*
 * On each cpu of the mask that the condition names. Before 5.6 the mask comes behind flags for
 * memory, which is not needed.
 */
static inline void kt_on_each_cpu_cond(smp_cond_func_t condition, smp_call_func_t func, void *info, const struct cpumask *mask)
{
	unsigned int cpu;

	for_each_cpu(cpu, mask)
		if (condition((int)cpu, info))
			smp_call_function_single((int)cpu, func, info, 1);
}

#if KT_SINCE(5, 6)
static inline void on_each_cpu_cond_mask(smp_cond_func_t condition, smp_call_func_t func, void *info, bool wait,
					 const struct cpumask *mask)
{
	(void)wait;
	kt_on_each_cpu_cond(condition, func, info, mask);
}

static inline void on_each_cpu_cond(smp_cond_func_t condition, smp_call_func_t func, void *info, bool wait)
{
	(void)wait;
	kt_on_each_cpu_cond(condition, func, info, cpu_online_mask);
}
#else
#if KT_SINCE(4, 20)
static inline void on_each_cpu_cond_mask(smp_cond_func_t condition, smp_call_func_t func, void *info, bool wait, gfp_t flags,
					 const struct cpumask *mask)
{
	(void)wait, (void)flags;
	kt_on_each_cpu_cond(condition, func, info, mask);
}
#endif

static inline void on_each_cpu_cond(smp_cond_func_t condition, smp_call_func_t func, void *info, bool wait, gfp_t flags)
{
	(void)wait, (void)flags;
	kt_on_each_cpu_cond(condition, func, info, cpu_online_mask);
}
#endif

/* On this cpu if it is one of the mask's, else on the first of them: -ENXIO if none is online. */
static inline int smp_call_function_any(const struct cpumask *mask, smp_call_func_t func, void *info, int wait)
{
	unsigned int cpu = kt_cpu();

	if (!cpumask_test_cpu((int)cpu, mask))
		cpu = cpumask_first_and(mask, cpu_online_mask);
	return cpu < nr_cpu_ids ? smp_call_function_single((int)cpu, func, info, wait) : -6;
}

static inline void smp_send_reschedule(int cpu)
{
	(void)cpu;
}

static inline void kick_all_cpus_sync(void)
{
}

#define setup_max_cpus nr_cpu_ids

#endif

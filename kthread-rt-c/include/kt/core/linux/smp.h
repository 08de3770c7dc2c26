/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The current cpu, and calls on other cpus. */
#ifndef KT_CORE_LINUX_SMP_H
#define KT_CORE_LINUX_SMP_H

#include <kt/core/linux/cpumask.h>
#include <kt/core/linux/preempt.h>

typedef void (*smp_call_func_t)(void *info);
typedef bool (*smp_cond_func_t)(int cpu, void *info);

KT_BEGIN
unsigned int kt_cpu(void);
/*
 * The calling thread itself calls func, and reports the target cpu as its own meanwhile: there are
 * no interrupts to send.
 */
int smp_call_function_single(int cpu, smp_call_func_t func, void *info, int wait);
/* For each cpu of the mask, the caller's only if `own`. */
void kt_on_each_cpu(const struct cpumask *mask, smp_call_func_t func, void *info, bool own);
int smp_call_on_cpu(unsigned int cpu, int (*func)(void *), void *info, bool phys);
KT_END

/* The cpu at this moment: the system may move a thread unless it is bound to one cpu. */
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
 * On each cpu of the mask for which the condition holds. Before 5.6 there is an argument with flags
 * for an allocation, which is ignored.
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

/* On this cpu if the mask has it, else on its first online cpu; -ENXIO if there is none. */
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

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Taking cpus online and offline, and the lock that prevents it. */
#ifndef KT_CORE_LINUX_CPU_H
#define KT_CORE_LINUX_CPU_H

#include <kt/core/asm/current.h>
#include <kt/core/linux/bug.h>
#include <kt/core/linux/cleanup.h>
#include <kt/core/linux/cpuhotplug.h>
#include <kt/core/linux/cpumask.h>
#include <kt/core/linux/preempt.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

KT_BEGIN
#if KT_SINCE(4, 13)
void cpus_read_lock(void);
int cpus_read_trylock(void);
void cpus_read_unlock(void);
#endif
void cpus_write_lock(void);
void cpus_write_unlock(void);
/* True if the calling task holds the lock for writing, or any task for reading. */
int lockdep_is_cpus_held(void);
#if KT_SINCE(5, 7)
int add_cpu(unsigned int cpu);
int remove_cpu(unsigned int cpu);
#endif
/* While hotplug is disabled, add_cpu() and remove_cpu() return -EBUSY. */
void cpu_hotplug_disable(void);
void cpu_hotplug_enable(void);
KT_END

static inline void lockdep_assert_cpus_held(void)
{
	WARN_ON_ONCE(!lockdep_is_cpus_held());
}

static const bool cpuhp_tasks_frozen __attribute__((__unused__)) = false;
#define cpu_is_hotpluggable cpu_possible

KT_BEGIN
/* Older names. */
#if !KT_SINCE(5, 15)
void get_online_cpus(void) __asm__("cpus_read_lock");
void put_online_cpus(void) __asm__("cpus_read_unlock");
#endif
#if !KT_SINCE(5, 7)
int cpu_up(unsigned int cpu) __asm__("add_cpu");
int cpu_down(unsigned int cpu) __asm__("remove_cpu");
#endif
/* The calling per-cpu thread sleeps for this time; the process can't keep the cpu itself idle. */
void play_idle_precise(u64 duration_ns, u64 latency_ns);
KT_END

static inline void play_idle(unsigned long duration_us)
{
	play_idle_precise(duration_us * 1000, ~0ULL);
}

#if KT_SINCE(4, 13)
DEFINE_LOCK_GUARD_0(cpus_read_lock, cpus_read_lock(), cpus_read_unlock())
#endif

#endif

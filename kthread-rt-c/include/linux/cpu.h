/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Cpus that come and go: none do by themselves here. */
#ifndef KT_LINUX_CPU_H
#define KT_LINUX_CPU_H

#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/preempt.h>
#include <linux/types.h>

#define cpus_read_lock() do { } while (0)
#define cpus_read_unlock() do { } while (0)
#define cpus_read_trylock() 1
#define cpus_write_lock() do { } while (0)
#define cpus_write_unlock() do { } while (0)
#define get_online_cpus() cpus_read_lock()
#define put_online_cpus() cpus_read_unlock()
#define lockdep_assert_cpus_held() do { } while (0)
#define cpu_hotplug_disable() do { } while (0)
#define cpu_hotplug_enable() do { } while (0)

KT_BEGIN
/* The calling per-cpu thread leaves its cpu alone for so long; the process can't keep others from it. */
void play_idle_precise(u64 duration_ns, u64 latency_ns);
KT_END

static inline void play_idle(unsigned long duration_us)
{
	play_idle_precise(duration_us * 1000, ~0ULL);
}

#endif

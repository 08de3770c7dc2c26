/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Cpus that come and go: none do by themselves here. */
#ifndef KT_LINUX_CPU_H
#define KT_LINUX_CPU_H

#include <linux/cpumask.h>
#include <linux/preempt.h>

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

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Watchdogs, of which there are none. */
#ifndef KT_CORE_LINUX_NMI_H
#define KT_CORE_LINUX_NMI_H

#include <kt/core/linux/cpumask.h>
#include <kt/core/linux/types.h>

static inline void touch_nmi_watchdog(void)
{
}

static inline void touch_softlockup_watchdog(void)
{
}

static inline void touch_softlockup_watchdog_sched(void)
{
}

static inline void touch_softlockup_watchdog_sync(void)
{
}

static inline void touch_all_softlockup_watchdogs(void)
{
}

static inline void reset_hung_task_detector(void)
{
}

static inline void hardlockup_detector_disable(void)
{
}

/* False: no trace was printed. */
static inline bool trigger_all_cpu_backtrace(void)
{
	return false;
}

static inline bool trigger_allbutself_cpu_backtrace(void)
{
	return false;
}

static inline bool trigger_single_cpu_backtrace(int cpu)
{
	(void)cpu;
	return false;
}

#endif

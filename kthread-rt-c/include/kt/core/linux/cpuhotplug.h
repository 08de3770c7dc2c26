/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Callbacks for each cpu: when they are set up or removed, and when add_cpu() or remove_cpu() takes
 * a cpu online or offline.
 */
#ifndef KT_CORE_LINUX_CPUHOTPLUG_H
#define KT_CORE_LINUX_CPUHOTPLUG_H

#include <kt/core/linux/types.h>

/* The kernel's numbers depend on its configuration; these only have the same order. */
enum cpuhp_state {
	CPUHP_INVALID = -1,
	CPUHP_OFFLINE = 0,
	CPUHP_CREATE_THREADS,
	CPUHP_WORKQUEUE_PREP,
	CPUHP_HRTIMERS_PREPARE,
	CPUHP_TIMERS_PREPARE,
	CPUHP_BP_PREPARE_DYN = 64,
	CPUHP_BP_PREPARE_DYN_END = CPUHP_BP_PREPARE_DYN + 20,
	CPUHP_BRINGUP_CPU,
	CPUHP_AP_OFFLINE = 96,
	CPUHP_AP_ONLINE = 160,
	CPUHP_TEARDOWN_CPU,
	CPUHP_AP_ONLINE_IDLE,
	CPUHP_AP_SMPBOOT_THREADS,
	CPUHP_AP_WORKQUEUE_ONLINE,
	CPUHP_AP_ONLINE_DYN = 192,
	CPUHP_AP_ONLINE_DYN_END = CPUHP_AP_ONLINE_DYN + 30,
	CPUHP_AP_ACTIVE,
	CPUHP_ONLINE,
};

KT_BEGIN
int kt_cpuhp_setup_state(int state, bool call, bool locked, bool named, int (*startup)(unsigned int cpu),
			 int (*teardown)(unsigned int cpu));
void kt_cpuhp_remove_state(int state, bool call, bool locked);
KT_END

/*
 * Returns the number of a dynamic state, 0 for another state, or an error. Call those with
 * `cpuslocked` under cpus_read_lock().
 */
#define KT_CPUHP_SETUP(name, call, locked) \
	static inline int name(enum cpuhp_state state, const char *said, int (*startup)(unsigned int cpu), \
			       int (*teardown)(unsigned int cpu)) \
	{ \
		return kt_cpuhp_setup_state(state, call, locked, !!said, startup, teardown); \
	}
KT_CPUHP_SETUP(cpuhp_setup_state, true, false)
KT_CPUHP_SETUP(cpuhp_setup_state_cpuslocked, true, true)
KT_CPUHP_SETUP(cpuhp_setup_state_nocalls, false, false)
KT_CPUHP_SETUP(cpuhp_setup_state_nocalls_cpuslocked, false, true)

static inline void cpuhp_remove_state(enum cpuhp_state state)
{
	kt_cpuhp_remove_state(state, true, false);
}

static inline void cpuhp_remove_state_nocalls(enum cpuhp_state state)
{
	kt_cpuhp_remove_state(state, false, false);
}

static inline void cpuhp_remove_state_nocalls_cpuslocked(enum cpuhp_state state)
{
	kt_cpuhp_remove_state(state, false, true);
}

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Functions that are called for each cpu. They are called when they are set up and removed, not when a cpu goes or comes. */
#ifndef KT_LINUX_CPUHOTPLUG_H
#define KT_LINUX_CPUHOTPLUG_H

#include <linux/types.h>

/* The kernel's numbers depend on how it is configured; these have their order. */
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
int kt_cpuhp_setup_state(int state, bool call, int (*startup)(unsigned int cpu), int (*teardown)(unsigned int cpu));
void kt_cpuhp_remove_state(int state, bool call);
KT_END

/* Of a dynamic state: which it is; of another: 0; or an error. */
static inline int cpuhp_setup_state(enum cpuhp_state state, const char *name, int (*startup)(unsigned int cpu),
				    int (*teardown)(unsigned int cpu))
{
	(void)name;
	return kt_cpuhp_setup_state(state, true, startup, teardown);
}

static inline int cpuhp_setup_state_nocalls(enum cpuhp_state state, const char *name,
					    int (*startup)(unsigned int cpu), int (*teardown)(unsigned int cpu))
{
	(void)name;
	return kt_cpuhp_setup_state(state, false, startup, teardown);
}

#define cpuhp_setup_state_cpuslocked(state, name, startup, teardown) cpuhp_setup_state(state, name, startup, teardown)

static inline void cpuhp_remove_state(enum cpuhp_state state)
{
	kt_cpuhp_remove_state(state, true);
}

static inline void cpuhp_remove_state_nocalls(enum cpuhp_state state)
{
	kt_cpuhp_remove_state(state, false);
}

#endif

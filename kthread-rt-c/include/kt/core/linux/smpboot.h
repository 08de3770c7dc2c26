/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* One kthread for each cpu, which is parked while its cpu is offline. */
#ifndef KT_CORE_LINUX_SMPBOOT_H
#define KT_CORE_LINUX_SMPBOOT_H

#include <kt/core/linux/percpu.h>
#include <kt/core/linux/types.h>

struct smp_hotplug_thread {
	struct task_struct **store; /* a per-cpu variable, or null */
	struct list_head list;
	int (*thread_should_run)(unsigned int cpu);
	void (*thread_fn)(unsigned int cpu);
	void (*create)(unsigned int cpu);
	void (*setup)(unsigned int cpu);
	void (*cleanup)(unsigned int cpu, bool online);
	void (*park)(unsigned int cpu);
	void (*unpark)(unsigned int cpu);
	bool selfparking;
	const char *thread_comm; /* its %u is the cpu */
};

KT_BEGIN
int kt_smpboot_register_percpu_thread(struct smp_hotplug_thread *plug,
				      struct task_struct **(*place)(struct task_struct **store, unsigned int cpu));
void smpboot_unregister_percpu_thread(struct smp_hotplug_thread *plug);
KT_END

/* The variable for the task of a cpu. */
static inline struct task_struct **kt_smpboot_place(struct task_struct **store, unsigned int cpu)
{
	return per_cpu_ptr(store, cpu);
}

static inline int smpboot_register_percpu_thread(struct smp_hotplug_thread *plug)
{
	return kt_smpboot_register_percpu_thread(plug, kt_smpboot_place);
}

#endif

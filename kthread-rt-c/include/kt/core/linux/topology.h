/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Topology: one node. */
#ifndef KT_CORE_LINUX_TOPOLOGY_H
#define KT_CORE_LINUX_TOPOLOGY_H

#include <kt/core/linux/cpumask.h>
#include <kt/core/linux/numa.h>
#include <kt/core/linux/smp.h>

static inline int cpu_to_node(int cpu)
{
	(void)cpu;
	return 0;
}

static inline int cpu_to_mem(int cpu)
{
	(void)cpu;
	return 0;
}

static inline int numa_node_id(void)
{
	return 0;
}

static inline int numa_mem_id(void)
{
	return 0;
}

static inline const struct cpumask *cpumask_of_node(int node)
{
	(void)node;
	return cpu_possible_mask;
}

#define nr_cpus_node(node) num_possible_cpus()
#define node_distance(from, to) ((from) == (to) ? 10 : 20)
#define topology_core_id(cpu) (cpu)
#define topology_physical_package_id(cpu) ((void)(cpu), 0)
#define for_each_node_with_cpus(node) for ((node) = 0; (node) < 1; (node)++)

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Where cpus and memory are: one node. */
#ifndef KT_CORE_LINUX_TOPOLOGY_H
#define KT_CORE_LINUX_TOPOLOGY_H

#include <kt/core/linux/cpumask.h>
#include <kt/core/linux/numa.h>
#include <kt/core/linux/smp.h>

#define cpu_to_node(cpu) ((void)(cpu), 0)
#define cpu_to_mem(cpu) ((void)(cpu), 0)
#define numa_node_id() 0
#define numa_mem_id() 0
#define cpumask_of_node(node) cpu_possible_mask
#define nr_cpus_node(node) num_possible_cpus()
#define node_distance(from, to) ((from) == (to) ? 10 : 20)
#define topology_core_id(cpu) (cpu)
#define topology_physical_package_id(cpu) ((void)(cpu), 0)
#define for_each_node_with_cpus(node) for ((node) = 0; (node) < 1; (node)++)

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Nodes of memory: one. */
#ifndef KT_CORE_LINUX_NUMA_H
#define KT_CORE_LINUX_NUMA_H

#ifndef NUMA_NO_NODE
#define NUMA_NO_NODE (-1)
#endif
#define MAX_NUMNODES 1
#define NODES_SHIFT 0

#endif

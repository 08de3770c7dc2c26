/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Sets of nodes: there is one. */
#ifndef KT_CORE_LINUX_NODEMASK_H
#define KT_CORE_LINUX_NODEMASK_H

#include <kt/core/linux/bitmap.h>
#include <kt/core/linux/numa.h>

typedef struct {
	DECLARE_BITMAP(bits, MAX_NUMNODES);
} nodemask_t;

#define num_online_nodes() 1
#define num_possible_nodes() 1
#define node_online(node) ((node) == 0)
static const unsigned int nr_node_ids __attribute__((__unused__)) = 1;
#define first_online_node 0
#define for_each_node(node) for ((node) = 0; (node) < 1; (node)++)
#define for_each_online_node(node) for_each_node(node)

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SCHED_TOPOLOGY_H
#define KT_LINUX_SCHED_TOPOLOGY_H

#include <kt/core/linux/topology.h>

/* What a kernel's linux/sched/topology.h brings along. */
#include <linux/sched.h>
#include <linux/topology.h>

#endif

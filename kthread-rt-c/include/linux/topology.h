/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_TOPOLOGY_H
#define KT_LINUX_TOPOLOGY_H

#include <kt/core/linux/topology.h>

/* What a kernel's linux/topology.h brings along. */
#include <asm/topology.h>
#include <linux/mmzone.h>

#endif

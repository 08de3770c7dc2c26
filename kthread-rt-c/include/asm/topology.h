/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_TOPOLOGY_H
#define KT_ASM_TOPOLOGY_H

#include <kt/core/linux/topology.h>

/* What a kernel's asm/topology.h brings along. */
#include <asm/processor.h>

#endif

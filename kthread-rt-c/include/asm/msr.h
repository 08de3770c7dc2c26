/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_MSR_H
#define KT_ASM_MSR_H

#include <kt/core/asm/tsc.h>

/* What a kernel's asm/msr.h brings along. */
#include <asm/pgtable_types.h>
#include <asm/segment.h>
#include <linux/cpumask.h>
#include <linux/percpu-defs.h>
#include <linux/tracepoint-defs.h>
#include <uapi/asm/msr.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_IRQFLAGS_H
#define KT_ASM_IRQFLAGS_H

#include <kt/core/linux/irqflags.h>

/* What a kernel's asm/irqflags.h brings along. */
#include <asm/pgtable_types.h>
#include <asm/processor-flags.h>
#include <asm/segment.h>
#include <linux/cpumask.h>
#include <linux/percpu-defs.h>
#include <linux/static_key.h>

#endif

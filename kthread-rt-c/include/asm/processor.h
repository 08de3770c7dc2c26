/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_PROCESSOR_H
#define KT_ASM_PROCESSOR_H

#include <kt/core/asm/processor.h>

/* What a kernel's asm/processor.h brings along. */
#include <asm/current.h>
#include <asm/msr.h>
#include <asm/page.h>
#include <asm/ptrace.h>
#include <asm/vdso/processor.h>
#include <linux/cache.h>
#include <linux/irqflags.h>
#include <linux/math64.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What a cpu does while it waits. */
#ifndef KT_CORE_ASM_PROCESSOR_H
#define KT_CORE_ASM_PROCESSOR_H

#include <kt/core/linux/compiler.h>

/*
 * A step of a spin loop. Spin only for a moment: the thread that the loop waits for may not have a
 * cpu.
 */
#if defined(__x86_64__) || defined(__i386__)
#define cpu_relax __builtin_ia32_pause
#else
#define cpu_relax __builtin_ia32_pause
#endif
#define cpu_relax_yield cpu_relax
#define cpu_relax_lowlatency cpu_relax
#define prefetch(p) __builtin_prefetch(p)

static inline void prefetchw(const void *p)
{
	__builtin_prefetch(p, 1);
}

#endif

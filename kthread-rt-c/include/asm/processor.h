/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The processor. */
#ifndef KT_ASM_PROCESSOR_H
#define KT_ASM_PROCESSOR_H

#include <linux/compiler.h>

#if defined(__x86_64__) || defined(__i386__)
#define cpu_relax() __builtin_ia32_pause()
#elif defined(__aarch64__)
#define cpu_relax() __asm__ __volatile__("yield" : : : "memory")
#else
#define cpu_relax() barrier()
#endif
#define cpu_relax_lowlatency() cpu_relax()

#endif

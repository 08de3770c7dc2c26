/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The processor's counter of cycles. */
#ifndef KT_CORE_ASM_TSC_H
#define KT_CORE_ASM_TSC_H

#include <kt/core/linux/types.h>

static inline u64 rdtsc(void)
{
#ifdef __x86_64__
	return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
	u64 count;

	__asm__ __volatile__("mrs %0, cntvct_el0" : "=r"(count));
	return count;
#endif
}

/* Ordered after all earlier instructions. */
static inline u64 rdtsc_ordered(void)
{
#ifdef __x86_64__
	__asm__ __volatile__("lfence" : : : "memory");
#elif defined(__aarch64__)
	__asm__ __volatile__("isb" : : : "memory");
#endif
	return rdtsc();
}

static inline cycles_t get_cycles(void)
{
	return rdtsc();
}

#endif

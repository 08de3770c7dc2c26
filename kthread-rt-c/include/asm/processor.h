/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What a cpu does while it waits. */
#ifndef KT_ASM_PROCESSOR_H
#define KT_ASM_PROCESSOR_H

#include <linux/compiler.h>

/* Waiting by spinning. Only for a moment: what is waited for may be another thread that has no cpu. */
#if defined(__x86_64__) || defined(__i386__)
#define cpu_relax() __builtin_ia32_pause()
#else
#define cpu_relax() __asm__ __volatile__("yield" : : : "memory")
#endif
#define cpu_relax_yield() cpu_relax()
#define prefetch(p) __builtin_prefetch(p)
#define prefetchw(p) __builtin_prefetch(p, 1)

#define smp_cond_load_relaxed(ptr, condition) \
	({ \
		__typeof__(*(ptr)) VAL; \
		while (VAL = READ_ONCE(*(ptr)), !(condition)) \
			cpu_relax(); \
		VAL; \
	})
#define smp_cond_load_acquire(ptr, condition) \
	({ \
		__typeof__(*(ptr)) __kt_seen = smp_cond_load_relaxed(ptr, condition); \
		__atomic_thread_fence(__ATOMIC_ACQUIRE); \
		__kt_seen; \
	})

#endif

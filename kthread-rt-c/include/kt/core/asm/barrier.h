/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Memory barriers. */
#ifndef KT_CORE_ASM_BARRIER_H
#define KT_CORE_ASM_BARRIER_H

#include <kt/core/asm/processor.h>
#include <kt/core/linux/compiler.h>
#include <kt/core/linux/version.h>

/* They order threads of one process; barriers for devices are the same here. */
#define smp_mb() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define smp_rmb() __atomic_thread_fence(__ATOMIC_ACQUIRE)
#define smp_wmb() __atomic_thread_fence(__ATOMIC_RELEASE)
#define mb() smp_mb()
#define rmb() smp_rmb()
#define wmb() smp_wmb()
#define dma_mb() smp_mb()
#define dma_rmb() smp_rmb()
#define dma_wmb() smp_wmb()
#define virt_mb() smp_mb()
#define virt_rmb() smp_rmb()
#define virt_wmb() smp_wmb()

#if KT_SINCE(3, 16)
#define smp_mb__before_atomic() smp_mb()
#define smp_mb__after_atomic() smp_mb()
#endif
#if !KT_SINCE(3, 18)
#define smp_mb__before_atomic_inc() smp_mb()
#define smp_mb__after_atomic_inc() smp_mb()
#define smp_mb__before_atomic_dec() smp_mb()
#define smp_mb__after_atomic_dec() smp_mb()
#endif
#define smp_mb__after_spinlock() smp_mb()
#define smp_mb__after_unlock_lock() smp_mb()

static inline void smp_mb__before_spinlock(void)
{
	smp_mb();
}

#define smp_acquire__after_ctrl_dep() smp_rmb()

#if !KT_SINCE(5, 9)
static inline void smp_read_barrier_depends(void)
{
}

static inline void read_barrier_depends(void)
{
}
#endif

#define smp_load_acquire(p) __atomic_load_n((p), __ATOMIC_ACQUIRE)
#define smp_store_release(p, v) \
	do { \
		__typeof__(*(p)) __kt_stored = (v); \
		__atomic_store((p), &__kt_stored, __ATOMIC_RELEASE); \
	} while (0)
#if KT_SINCE(4, 3)
#define smp_store_mb(var, value) \
	do { \
		WRITE_ONCE(var, value); \
		smp_mb(); \
	} while (0)
#endif
#if !KT_SINCE(4, 3)
#define set_mb(var, value) \
	do { \
		WRITE_ONCE(var, value); \
		smp_mb(); \
	} while (0)
#endif
#define virt_load_acquire(p) smp_load_acquire(p)
#define virt_store_release(p, v) smp_store_release(p, v)

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

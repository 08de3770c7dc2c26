/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Exchanges of plain variables: of integers and pointers, 1 to 8 bytes. */
#ifndef KT_CORE_ASM_CMPXCHG_H
#define KT_CORE_ASM_CMPXCHG_H

#include <kt/core/asm/barrier.h>
#include <kt/core/linux/types.h>

/*
 * In the kernel, operations that return a value are full barriers. On x86 an exchange is one;
 * elsewhere, a sequentially consistent exchange orders less.
 */
#if defined(__x86_64__) || defined(__i386__)
#define __kt_full_barrier() do { } while (0)
#else
#define __kt_full_barrier() smp_mb()
#endif

#define __kt_xchg(ptr, new_, order) \
	({ \
		__typeof__(*(ptr)) __kt_new = (new_); \
		__atomic_exchange_n((ptr), __kt_new, order); \
	})
#define __kt_cmpxchg(ptr, old_, new_, order) \
	({ \
		__typeof__(*(ptr)) __kt_old = (old_); \
		__typeof__(*(ptr)) __kt_new = (new_); \
		__atomic_compare_exchange_n((ptr), &__kt_old, __kt_new, 0, order, __ATOMIC_RELAXED); \
		__kt_old; \
	})
/* On failure, stores the current value to *oldp. */
#define __kt_try_cmpxchg(ptr, oldp, new_, order) \
	({ \
		__typeof__(*(ptr)) __kt_new = (new_); \
		(bool)__atomic_compare_exchange_n((ptr), (oldp), __kt_new, 0, order, __ATOMIC_RELAXED); \
	})
#define __kt_fully(call) \
	({ \
		__kt_full_barrier(); \
		__typeof__(call) __kt_result = (call); \
		__kt_full_barrier(); \
		__kt_result; \
	})

#define xchg(ptr, v) __kt_fully(__kt_xchg(ptr, v, __ATOMIC_SEQ_CST))
#define xchg_relaxed(ptr, v) __kt_xchg(ptr, v, __ATOMIC_RELAXED)
#define xchg_acquire(ptr, v) __kt_xchg(ptr, v, __ATOMIC_ACQUIRE)
#define xchg_release(ptr, v) __kt_xchg(ptr, v, __ATOMIC_RELEASE)
#define cmpxchg(ptr, old_, new_) __kt_fully(__kt_cmpxchg(ptr, old_, new_, __ATOMIC_SEQ_CST))
#define cmpxchg_relaxed(ptr, old_, new_) __kt_cmpxchg(ptr, old_, new_, __ATOMIC_RELAXED)
#define cmpxchg_acquire(ptr, old_, new_) __kt_cmpxchg(ptr, old_, new_, __ATOMIC_ACQUIRE)
#define cmpxchg_release(ptr, old_, new_) __kt_cmpxchg(ptr, old_, new_, __ATOMIC_RELEASE)
#define cmpxchg_local(ptr, old_, new_) cmpxchg_relaxed(ptr, old_, new_)
#define cmpxchg64(ptr, old_, new_) cmpxchg(ptr, old_, new_)
#define cmpxchg64_relaxed(ptr, old_, new_) cmpxchg_relaxed(ptr, old_, new_)
#define cmpxchg64_local(ptr, old_, new_) cmpxchg_relaxed(ptr, old_, new_)
#define sync_cmpxchg(ptr, old_, new_) cmpxchg(ptr, old_, new_)
#define try_cmpxchg(ptr, oldp, new_) __kt_fully(__kt_try_cmpxchg(ptr, oldp, new_, __ATOMIC_SEQ_CST))
#define try_cmpxchg_relaxed(ptr, oldp, new_) __kt_try_cmpxchg(ptr, oldp, new_, __ATOMIC_RELAXED)
#define try_cmpxchg_acquire(ptr, oldp, new_) __kt_try_cmpxchg(ptr, oldp, new_, __ATOMIC_ACQUIRE)
#define try_cmpxchg_release(ptr, oldp, new_) __kt_try_cmpxchg(ptr, oldp, new_, __ATOMIC_RELEASE)

#endif

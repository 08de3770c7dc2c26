/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* atomic_t, atomic64_t and atomic_long_t. */
#ifndef KT_CORE_LINUX_ATOMIC_H
#define KT_CORE_LINUX_ATOMIC_H

#include <kt/core/asm/barrier.h>
#include <kt/core/asm/cmpxchg.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

/*
 * The kernel's rules: an operation that returns a value is a full barrier, unless its name ends in
 * _relaxed, _acquire or _release; an operation that returns nothing, or whose comparison fails,
 * orders nothing. Sums wrap around, by the compiler's builtins.
 *
 * The functions are defined once for each of the three types: P is their prefix, A the type, T the
 * value's type.
 */

/* Four orders of one function, whose body computes __kt_value with __kt_order. */
#define __KT_ATOMIC_ORDERS(T, name, parameters, ...) \
	static __always_inline T name##_relaxed parameters { enum { __kt_order = __ATOMIC_RELAXED }; return (__VA_ARGS__); } \
	static __always_inline T name##_acquire parameters { enum { __kt_order = __ATOMIC_ACQUIRE }; return (__VA_ARGS__); } \
	static __always_inline T name##_release parameters { enum { __kt_order = __ATOMIC_RELEASE }; return (__VA_ARGS__); } \
	static __always_inline T name parameters \
	{ \
		enum { __kt_order = __ATOMIC_SEQ_CST }; \
		T __kt_value; \
		__kt_full_barrier(); \
		__kt_value = (__VA_ARGS__); \
		__kt_full_barrier(); \
		return __kt_value; \
	}

/* op(i, v), op_return(i, v), fetch_op(i, v). */
#define __KT_ATOMIC_OP(P, A, T, op, builtin, operand) \
	static __always_inline void P##_##op(T i, A *v) \
	{ \
		(void)__atomic_fetch_##builtin(&v->counter, operand, __ATOMIC_RELAXED); \
	} \
	__KT_ATOMIC_ORDERS(T, P##_fetch_##op, (T i, A *v), __atomic_fetch_##builtin(&v->counter, operand, __kt_order))
#define __KT_ATOMIC_SUM(P, A, T, op) \
	__KT_ATOMIC_OP(P, A, T, op, op, i) \
	__KT_ATOMIC_ORDERS(T, P##_##op##_return, (T i, A *v), __atomic_##op##_fetch(&v->counter, i, __kt_order))
/* op(v), op_return(v), fetch_op(v), op_and_test(v). */
#define __KT_ATOMIC_STEP(P, A, T, op, sum) \
	static __always_inline void P##_##op(A *v) \
	{ \
		P##_##sum(1, v); \
	} \
	__KT_ATOMIC_ORDERS(T, P##_##op##_return, (A *v), __atomic_##sum##_fetch(&v->counter, 1, __kt_order)) \
	__KT_ATOMIC_ORDERS(T, P##_fetch_##op, (A *v), __atomic_fetch_##sum(&v->counter, 1, __kt_order)) \
	static __always_inline bool P##_##op##_and_test(A *v) \
	{ \
		return P##_##op##_return(v) == 0; \
	}

/*
 * Replaces the value `is` by `becomes` if `condition` holds for it. Stores the old value to `is`.
 */
#define __KT_ATOMIC_WHILE(P, v, is, condition, becomes) \
	do { \
		(is) = P##_read(v); \
		while ((condition) && !P##_try_cmpxchg(v, &(is), becomes)) \
			; \
	} while (0)

/* Numbers wrap: the one before the smallest is the largest, which is no less than 0. */
#define __kt_less_1(is) ((__typeof__(is))((unsigned long long)(is) - 1))

#define __KT_ATOMIC_TYPE(P, A, T) \
	static __always_inline T P##_read(const A *v) \
	{ \
		return (T)__atomic_load_n(&v->counter, __ATOMIC_RELAXED); \
	} \
	static __always_inline T P##_read_acquire(const A *v) \
	{ \
		return (T)__atomic_load_n(&v->counter, __ATOMIC_ACQUIRE); \
	} \
	static __always_inline void P##_set(A *v, T i) \
	{ \
		__atomic_store_n(&v->counter, i, __ATOMIC_RELAXED); \
	} \
	static __always_inline void P##_set_release(A *v, T i) \
	{ \
		__atomic_store_n(&v->counter, i, __ATOMIC_RELEASE); \
	} \
	__KT_ATOMIC_SUM(P, A, T, add) \
	__KT_ATOMIC_SUM(P, A, T, sub) \
	__KT_ATOMIC_STEP(P, A, T, inc, add) \
	__KT_ATOMIC_STEP(P, A, T, dec, sub) \
	__KT_ATOMIC_OP(P, A, T, and, and, i) \
	__KT_ATOMIC_OP(P, A, T, or, or, i) \
	__KT_ATOMIC_OP(P, A, T, xor, xor, i) \
	__KT_ATOMIC_OP(P, A, T, andnot, and, ~i) \
	__KT_ATOMIC_ORDERS(T, P##_xchg, (A *v, T i), __atomic_exchange_n(&v->counter, i, __kt_order)) \
	__KT_ATOMIC_ORDERS(T, P##_cmpxchg, (A *v, T old, T i), __kt_cmpxchg(&v->counter, old, i, __kt_order)) \
	__KT_ATOMIC_ORDERS(bool, P##_try_cmpxchg, (A *v, T *old, T i), \
			   P##_kt_try(v, old, i, __kt_order)) \
	static __always_inline bool P##_sub_and_test(T i, A *v) \
	{ \
		return P##_sub_return(i, v) == 0; \
	} \
	static __always_inline bool P##_add_negative(T i, A *v) \
	{ \
		return P##_add_return(i, v) < 0; \
	} \
	static __always_inline T P##_fetch_add_unless(A *v, T a, T u) \
	{ \
		T is; \
		__KT_ATOMIC_WHILE(P, v, is, is != u, is + a); \
		return is; \
	} \
	static __always_inline bool P##_add_unless(A *v, T a, T u) \
	{ \
		return P##_fetch_add_unless(v, a, u) != u; \
	} \
	static __always_inline bool P##_inc_not_zero(A *v) \
	{ \
		return P##_add_unless(v, 1, 0); \
	} \
	static __always_inline bool P##_inc_unless_negative(A *v) \
	{ \
		T is; \
		__KT_ATOMIC_WHILE(P, v, is, is >= 0, is + 1); \
		return is >= 0; \
	} \
	static __always_inline bool P##_dec_unless_positive(A *v) \
	{ \
		T is; \
		__KT_ATOMIC_WHILE(P, v, is, is <= 0, is - 1); \
		return is <= 0; \
	} \
	static __always_inline T P##_dec_if_positive(A *v) \
	{ \
		T is; \
		__KT_ATOMIC_WHILE(P, v, is, __kt_less_1(is) >= 0, __kt_less_1(is)); \
		return __kt_less_1(is); \
	}

#define __KT_ATOMIC_TRY(P, A, T) \
	static __always_inline bool P##_kt_try(A *v, T *old, T i, int order) \
	{ \
		__typeof__(v->counter) is = *old; \
		bool done; \
		(void)order; \
		done = __atomic_compare_exchange_n(&v->counter, &is, i, 0, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED); \
		*old = (T)is; \
		return done; \
	}

__KT_ATOMIC_TRY(atomic, atomic_t, int)
__KT_ATOMIC_TRY(atomic64, atomic64_t, s64)
__KT_ATOMIC_TRY(atomic_long, atomic_long_t, long)
__KT_ATOMIC_TYPE(atomic, atomic_t, int)
__KT_ATOMIC_TYPE(atomic64, atomic64_t, s64)
__KT_ATOMIC_TYPE(atomic_long, atomic_long_t, long)

#define atomic_cond_read_acquire(v, condition) smp_cond_load_acquire(&(v)->counter, (condition))
#define atomic_cond_read_relaxed(v, condition) smp_cond_load_relaxed(&(v)->counter, (condition))

#if !KT_SINCE(4, 3)
static __always_inline void atomic_set_mask(unsigned int mask, atomic_t *v)
{
	atomic_or((int)mask, v);
}

static __always_inline void atomic_clear_mask(unsigned int mask, atomic_t *v)
{
	atomic_andnot((int)mask, v);
}
#endif

#endif

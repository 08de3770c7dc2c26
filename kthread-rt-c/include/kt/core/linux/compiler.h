/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Attributes, and accesses that the compiler does not optimise. */
#ifndef KT_CORE_LINUX_COMPILER_H
#define KT_CORE_LINUX_COMPILER_H

#include <kt/core/linux/version.h>

#ifdef __cplusplus
#define KT_BEGIN extern "C" {
#define KT_END }
#define KT_NORETURN [[noreturn]]
#else
#define KT_BEGIN
#define KT_END
#define KT_NORETURN _Noreturn
#endif

KT_BEGIN
/*
 * `call` is about to initialise this memory: reports what in it is active still, and makes that
 * inactive. In src/abi/uninit.rs.
 */
void kt_initialises(const void *memory, unsigned long size, const char *call);
KT_END

/* For sparse, which is not used here. */
#define __user
#define __kernel
#define __iomem
#define __percpu
#define __rcu
#define __force
#define __must_hold(x)
#define __acquires(x)
#define __releases(x)
#define __acquire(x) ((void)0)
#define __release(x) ((void)0)
#define __private
#define __safe
#define __bitwise
#define __nocast

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

#ifndef __always_inline
#define __always_inline inline __attribute__((__always_inline__))
#endif
#define noinline __attribute__((__noinline__))
#define __maybe_unused __attribute__((__unused__))
#define __always_unused __attribute__((__unused__))
#define __used __attribute__((__used__))
#define __must_check __attribute__((__warn_unused_result__))
#define __packed __attribute__((__packed__))
#define __aligned(n) __attribute__((__aligned__(n)))
#define __printf(a, b) __attribute__((__format__(printf, a, b)))
#define __scanf(a, b) __attribute__((__format__(scanf, a, b)))
#ifndef __attribute_const__
#define __attribute_const__ __attribute__((__const__))
#endif
#define __cold __attribute__((__cold__))
#ifndef __pure
#define __pure __attribute__((__pure__))
#endif
#ifndef __alias
#define __alias(symbol) __attribute__((__alias__(#symbol)))
#endif
#ifndef __weak
#define __weak __attribute__((__weak__))
#endif
#define __cleanup(function) __attribute__((__cleanup__(function)))
#define __noreturn __attribute__((__noreturn__))
#if __GNUC__ >= 8
#define __nonstring __attribute__((__nonstring__))
#else
#define __nonstring
#endif
/*
 * A call that the compiler can't prove unreachable is an error, or a warning, with this text.
 */
#define __compiletime_error(text) __attribute__((__error__(text)))
#define __compiletime_warning(text) __attribute__((__warning__(text)))
#define __malloc __attribute__((__malloc__))
#define __section(s) __attribute__((__section__(s)))
#define __visible
#define __randomize_layout
#define __no_randomize_layout
#define __read_mostly
#define __ro_after_init
#define __cacheline_aligned __attribute__((__aligned__(64)))
#define __cacheline_aligned_in_smp __cacheline_aligned
#define ____cacheline_aligned __cacheline_aligned
#define ____cacheline_aligned_in_smp __cacheline_aligned
#define ____cacheline_internodealigned_in_smp __cacheline_aligned
#define noinline_for_stack noinline
#define notrace
#define __nokprobe
#define asmlinkage
#if KT_SINCE(5, 4)
#define fallthrough __attribute__((__fallthrough__))
#endif

#define barrier() __asm__ __volatile__("" : : : "memory")
#define barrier_data(p) __asm__ __volatile__("" : : "r"(p) : "memory")
#define unreachable() __builtin_unreachable()
#define OPTIMIZER_HIDE_VAR(v) __asm__("" : "=r"(v) : "0"(v))

/* True for a signed arithmetic type; false for a pointer. */
#define is_signed_type(type) ((type)-1 < (__force type)1)
#define is_unsigned_type(type) (!is_signed_type(type))

/* One access of the object's size. Relaxed, as in the kernel. */
#define READ_ONCE(x) (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) do { *(volatile __typeof__(x) *)&(x) = (v); } while (0)
#define data_race(x) (x)
#if !KT_SINCE(4, 15)
#define ACCESS_ONCE(x) (*(volatile __typeof__(x) *)&(x))
#endif

#define __KT_CONCAT(a, b) a##b
#define __KT_PASTE(a, b) __KT_CONCAT(a, b)
#ifndef __PASTE
#define __PASTE(a, b) __KT_CONCAT(a, b)
#endif
#define __UNIQUE_ID(prefix) __KT_PASTE(__kt_unique_##prefix##_, __COUNTER__)

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A variable for each cpu. */
#ifndef KT_CORE_LINUX_PERCPU_H
#define KT_CORE_LINUX_PERCPU_H

#include <kt/core/linux/cleanup.h>
#include <kt/core/linux/preempt.h>
#include <kt/core/linux/smp.h>
#include <kt/core/linux/types.h>

KT_BEGIN
/*
 * The memory between the two addresses is the first cpu's copy; the other cpus get copies of its
 * current contents.
 */
void kt_percpu_begin(char *start, char *stop);
void kt_percpu_end(char *start);
/* May sleep only with GFP_KERNEL. */
void *kt_percpu_alloc(size_t size, size_t align, gfp_t flags);
void free_percpu(void *block);
/* The address of the cpu's copy of the variable that the first cpu has at `place`. */
void *kt_percpu_at(const volatile void *place, unsigned int cpu);
KT_END

/* The module's per-cpu variables are in one section; the linker defines symbols for its ends. */
extern char __start_kt_percpu[] __attribute__((weak, visibility("hidden")));
extern char __stop_kt_percpu[] __attribute__((weak, visibility("hidden")));
static __attribute__((constructor, used)) void kt_percpu_begin_section(void)
{
	if (__start_kt_percpu)
		kt_percpu_begin(__start_kt_percpu, __stop_kt_percpu);
}

static __attribute__((destructor, used)) void kt_percpu_end_section(void)
{
	if (__start_kt_percpu)
		kt_percpu_end(__start_kt_percpu);
}

#define __kt_percpu __attribute__((section("kt_percpu")))
#define DECLARE_PER_CPU(type, name) extern __kt_percpu __typeof__(type) name
#define DEFINE_PER_CPU(type, name) __kt_percpu __typeof__(type) name
#define DECLARE_PER_CPU_ALIGNED(type, name) DECLARE_PER_CPU(type, name) __cacheline_aligned
#define DEFINE_PER_CPU_ALIGNED(type, name) DEFINE_PER_CPU(type, name) __cacheline_aligned
#define DECLARE_PER_CPU_SHARED_ALIGNED(type, name) DECLARE_PER_CPU_ALIGNED(type, name)
#define DEFINE_PER_CPU_SHARED_ALIGNED(type, name) DEFINE_PER_CPU_ALIGNED(type, name)
#define DECLARE_PER_CPU_READ_MOSTLY(type, name) DECLARE_PER_CPU(type, name)
#define DEFINE_PER_CPU_READ_MOSTLY(type, name) DEFINE_PER_CPU(type, name)
#define DECLARE_PER_CPU_PAGE_ALIGNED(type, name) DECLARE_PER_CPU_ALIGNED(type, name)
#define DEFINE_PER_CPU_PAGE_ALIGNED(type, name) DEFINE_PER_CPU_ALIGNED(type, name)
#define DECLARE_PER_CPU_FIRST(type, name) DECLARE_PER_CPU(type, name)
#define DEFINE_PER_CPU_FIRST(type, name) DEFINE_PER_CPU(type, name)
#define DECLARE_PER_CPU_DECRYPTED(type, name) DECLARE_PER_CPU(type, name)
#define DEFINE_PER_CPU_DECRYPTED(type, name) DEFINE_PER_CPU(type, name)
#define DECLARE_PER_CPU_SECTION(type, name, section) DECLARE_PER_CPU(type, name)
#define DEFINE_PER_CPU_SECTION(type, name, section) DEFINE_PER_CPU(type, name)
#define EXPORT_PER_CPU_SYMBOL(name)
#define EXPORT_PER_CPU_SYMBOL_GPL(name)

/* GFP_KERNEL, which another header declares. */
#define __KT_PERCPU_GFP ((gfp_t)0xcc0)

static inline void *__alloc_percpu(size_t size, size_t align)
{
	return kt_percpu_alloc(size, align, __KT_PERCPU_GFP);
}

static inline void *__alloc_percpu_gfp(size_t size, size_t align, gfp_t flags)
{
	return kt_percpu_alloc(size, align, flags);
}

#define alloc_percpu_gfp(type, flags) ((__typeof__(type) *)kt_percpu_alloc(sizeof(type), __alignof__(type), flags))
#define alloc_percpu(type) alloc_percpu_gfp(type, __KT_PERCPU_GFP)

#define per_cpu_ptr(ptr, cpu) ((__typeof__(ptr))kt_percpu_at((ptr), (unsigned int)(cpu)))
#define this_cpu_ptr(ptr) per_cpu_ptr(ptr, kt_cpu())
#define raw_cpu_ptr(ptr) this_cpu_ptr(ptr)
#define __this_cpu_ptr(ptr) this_cpu_ptr(ptr)
#define per_cpu(var, cpu) (*per_cpu_ptr(&(var), cpu))
#define __get_cpu_var(var) (*this_cpu_ptr(&(var)))
#define get_cpu_var(var) (*({ preempt_disable(); this_cpu_ptr(&(var)); }))
#define put_cpu_var(var) preempt_enable()
#define get_cpu_ptr(ptr) ({ preempt_disable(); this_cpu_ptr(ptr); })
#define put_cpu_ptr(ptr) preempt_enable()

/* Atomic, because threads may be moved between cpus at any time. */
#define this_cpu_read(var) READ_ONCE(*this_cpu_ptr(&(var)))
#define this_cpu_write(var, value) WRITE_ONCE(*this_cpu_ptr(&(var)), value)
#define this_cpu_add(var, n) ((void)__atomic_fetch_add(this_cpu_ptr(&(var)), (n), __ATOMIC_RELAXED))
#define this_cpu_sub(var, n) ((void)__atomic_fetch_sub(this_cpu_ptr(&(var)), (n), __ATOMIC_RELAXED))
#define this_cpu_inc(var) this_cpu_add(var, 1)
#define this_cpu_dec(var) this_cpu_sub(var, 1)
#define this_cpu_and(var, n) ((void)__atomic_fetch_and(this_cpu_ptr(&(var)), (n), __ATOMIC_RELAXED))
#define this_cpu_or(var, n) ((void)__atomic_fetch_or(this_cpu_ptr(&(var)), (n), __ATOMIC_RELAXED))
#define this_cpu_add_return(var, n) __atomic_add_fetch(this_cpu_ptr(&(var)), (n), __ATOMIC_RELAXED)
#define this_cpu_sub_return(var, n) __atomic_sub_fetch(this_cpu_ptr(&(var)), (n), __ATOMIC_RELAXED)
#define this_cpu_inc_return(var) this_cpu_add_return(var, 1)
#define this_cpu_dec_return(var) this_cpu_sub_return(var, 1)
#define this_cpu_xchg(var, value) __atomic_exchange_n(this_cpu_ptr(&(var)), (value), __ATOMIC_RELAXED)
#define this_cpu_cmpxchg(var, was, value) \
	({ \
		__typeof__(var) __kt_was = (was); \
		__atomic_compare_exchange_n(this_cpu_ptr(&(var)), &__kt_was, (value), 0, __ATOMIC_RELAXED, \
					    __ATOMIC_RELAXED); \
		__kt_was; \
	})
#define __this_cpu_read(var) this_cpu_read(var)
#define __this_cpu_write(var, value) this_cpu_write(var, value)
#define __this_cpu_add(var, n) this_cpu_add(var, n)
#define __this_cpu_sub(var, n) this_cpu_sub(var, n)
#define __this_cpu_inc(var) this_cpu_inc(var)
#define __this_cpu_dec(var) this_cpu_dec(var)
#define __this_cpu_and(var, n) this_cpu_and(var, n)
#define __this_cpu_or(var, n) this_cpu_or(var, n)
#define __this_cpu_add_return(var, n) this_cpu_add_return(var, n)
#define __this_cpu_sub_return(var, n) this_cpu_sub_return(var, n)
#define __this_cpu_inc_return(var) this_cpu_inc_return(var)
#define __this_cpu_dec_return(var) this_cpu_dec_return(var)
#define __this_cpu_xchg(var, value) this_cpu_xchg(var, value)
#define __this_cpu_cmpxchg(var, was, value) this_cpu_cmpxchg(var, was, value)
#define raw_cpu_read(var) this_cpu_read(var)
#define raw_cpu_write(var, value) this_cpu_write(var, value)
#define raw_cpu_add(var, n) this_cpu_add(var, n)
#define raw_cpu_sub(var, n) this_cpu_sub(var, n)
#define raw_cpu_inc(var) this_cpu_inc(var)
#define raw_cpu_dec(var) this_cpu_dec(var)
#define raw_cpu_and(var, n) this_cpu_and(var, n)
#define raw_cpu_or(var, n) this_cpu_or(var, n)
#define raw_cpu_add_return(var, n) this_cpu_add_return(var, n)
#define raw_cpu_sub_return(var, n) this_cpu_sub_return(var, n)
#define raw_cpu_inc_return(var) this_cpu_inc_return(var)
#define raw_cpu_dec_return(var) this_cpu_dec_return(var)
#define raw_cpu_xchg(var, value) this_cpu_xchg(var, value)
#define raw_cpu_cmpxchg(var, was, value) this_cpu_cmpxchg(var, was, value)

DEFINE_FREE(free_percpu, void *, free_percpu(_T))

#endif

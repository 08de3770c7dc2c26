/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* RCU: readers without locks, and grace periods, after which no reader can see a removed object. */
#ifndef KT_CORE_LINUX_RCUPDATE_H
#define KT_CORE_LINUX_RCUPDATE_H

#include <kt/core/asm/barrier.h>
#include <kt/core/linux/cleanup.h>
#include <kt/core/linux/compiler.h>
#include <kt/core/linux/irqflags.h>
#include <kt/core/linux/lockdep.h>
#include <kt/core/linux/preempt.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

KT_BEGIN
void rcu_read_lock(void) __asm__("kt_rcu_read_lock");
void rcu_read_unlock(void) __asm__("kt_rcu_read_unlock");
int rcu_read_lock_held(void) __asm__("kt_rcu_read_lock_held");
void synchronize_rcu(void);
void call_rcu(struct rcu_head *head, rcu_callback_t func);
void kt_call_rcu(struct rcu_head *head, rcu_callback_t func);
void rcu_barrier(void);
/* Polled grace periods. */
unsigned long get_state_synchronize_rcu(void);
void cond_synchronize_rcu(unsigned long cookie);
#if KT_SINCE(5, 13)
unsigned long start_poll_synchronize_rcu(void);
bool poll_state_synchronize_rcu(unsigned long cookie);
#endif
#if KT_SINCE(6, 0)
unsigned long get_completed_synchronize_rcu(void);
#endif
/* Frees the block after a grace period. */
void kt_kfree_rcu(const void *block);
KT_END


static inline void rcu_read_lock_bh(void)
{
	local_bh_disable();
	rcu_read_lock();
}

static inline void rcu_read_unlock_bh(void)
{
	rcu_read_unlock();
	local_bh_enable();
}


static inline void rcu_read_lock_sched(void)
{
	kt_preempt_disable();
	rcu_read_lock();
}

static inline void rcu_read_unlock_sched(void)
{
	rcu_read_unlock();
	kt_preempt_enable();
}

#define rcu_read_lock_sched_notrace rcu_read_lock_sched
#define rcu_read_unlock_sched_notrace rcu_read_unlock_sched

/*
 * As in kernels with CONFIG_PROVE_RCU, a section of rcu_read_lock() does not count for the other
 * flavours.
 */
static inline int rcu_read_lock_bh_held(void)
{
	return in_softirq() || irqs_disabled();
}

static inline int rcu_read_lock_sched_held(void)
{
	return !preemptible();
}

static inline int rcu_read_lock_any_held(void)
{
	return rcu_read_lock_held() || rcu_read_lock_bh_held() || rcu_read_lock_sched_held();
}

static inline bool rcu_is_watching(void)
{
	return true;
}

#define rcu_preempt_depth() rcu_read_lock_held()
#define RCU_LOCKDEP_WARN(condition, text) do { } while (0)
#define rcu_lockdep_assert(condition, text) do { } while (0)
#define rcu_sleep_check() do { } while (0)

#define synchronize_rcu_expedited synchronize_rcu
#define synchronize_rcu_bh synchronize_rcu
#if !KT_SINCE(5, 1)
#define synchronize_sched synchronize_rcu
#endif
#define synchronize_net synchronize_rcu
#define synchronize_rcu_mult(...) synchronize_rcu()
#define call_rcu_bh call_rcu
#if !KT_SINCE(5, 1)
#define call_rcu_sched call_rcu
#endif
#define call_rcu_hurry call_rcu
#define rcu_barrier_bh rcu_barrier
#define rcu_barrier_sched rcu_barrier

static inline bool rcu_inkernel_boot_has_ended(void)
{
	return true;
}

static inline void rcu_all_qs(void)
{
}

static inline void rcu_softirq_qs(void)
{
}

#define cond_resched_tasks_rcu_qs() cond_resched()

static inline void rcu_head_init(struct rcu_head *head)
{
	head->func = 0;
}

/* True if call_rcu() got this callback; a head that was only initialised has none. */
static inline bool rcu_head_after_call_rcu(struct rcu_head *head, rcu_callback_t func)
{
	return __atomic_load_n(&head->func, __ATOMIC_RELAXED) == func;
}

static inline void init_rcu_head(struct rcu_head *head)
{
	(void)head;
}

static inline void destroy_rcu_head(struct rcu_head *head)
{
	(void)head;
}

static inline void init_rcu_head_on_stack(struct rcu_head *head)
{
	(void)head;
}

static inline void destroy_rcu_head_on_stack(struct rcu_head *head)
{
	(void)head;
}

/* The field is a struct rcu_head in the block; this keeps its queue elsewhere. */
#define __kt_kfree_rcu_of(block, ...) kt_kfree_rcu(block)
#define kfree_rcu(...) __kt_kfree_rcu_of(__VA_ARGS__, 0)
#define kvfree_rcu(...) __kt_kfree_rcu_of(__VA_ARGS__, 0)
#if KT_SINCE(6, 1)
#define kfree_rcu_mightsleep(block) kt_kfree_rcu(block)
#endif
#define kvfree_rcu_mightsleep(block) kt_kfree_rcu(block)

/* Comparisons of numbers that wrap. */
#define ULONG_CMP_GE(a, b) ((long)((unsigned long)(a) - (unsigned long)(b)) >= 0)
#define ULONG_CMP_LT(a, b) ((long)((unsigned long)(a) - (unsigned long)(b)) < 0)

/* Pointers for readers. */
#define RCU_INITIALIZER(v) (v)
#define RCU_INIT_POINTER(p, v) WRITE_ONCE(p, v)
#define RCU_POINTER_INITIALIZER(p, v) .p = (v)
#define rcu_assign_pointer(p, v) smp_store_release(&(p), v)
#define rcu_replace_pointer(p, v, condition) \
	({ \
		__typeof__(p) __kt_replaced = (p); \
		rcu_assign_pointer(p, v); \
		__kt_replaced; \
	})
#define rcu_access_pointer(p) READ_ONCE(p)
#define rcu_dereference(p) smp_load_acquire(&(p))
#define rcu_dereference_raw(p) rcu_dereference(p)
#define rcu_dereference_raw_check(p) rcu_dereference(p)
#define rcu_dereference_check(p, condition) rcu_dereference(p)
#define rcu_dereference_bh(p) rcu_dereference(p)
#define rcu_dereference_bh_check(p, condition) rcu_dereference(p)
#define rcu_dereference_sched(p) rcu_dereference(p)
#define rcu_dereference_sched_check(p, condition) rcu_dereference(p)
#define rcu_dereference_protected(p, condition) (p)
#define rcu_pointer_handoff(p) (p)
#define unrcu_pointer(p) (p)

DEFINE_LOCK_GUARD_0(rcu, rcu_read_lock(), rcu_read_unlock())

#endif

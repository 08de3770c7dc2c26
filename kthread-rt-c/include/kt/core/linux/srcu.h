/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Sleepable RCU, with separate domains. */
#ifndef KT_CORE_LINUX_SRCU_H
#define KT_CORE_LINUX_SRCU_H

#include <kt/core/linux/cleanup.h>
#include <kt/core/linux/mutex.h>
#include <kt/core/linux/rcupdate.h>

struct srcu_struct {
	unsigned long space[14];
};

#define __KT_SRCU_INIT { { 0 } }
#define DEFINE_SRCU(name) struct srcu_struct name = __KT_SRCU_INIT
#define DEFINE_STATIC_SRCU(name) static struct srcu_struct name = __KT_SRCU_INIT

KT_BEGIN
int srcu_read_lock(struct srcu_struct *ssp) __asm__("kt_srcu_read_lock");
void srcu_read_unlock(struct srcu_struct *ssp, int section) __asm__("kt_srcu_read_unlock");
void synchronize_srcu(struct srcu_struct *ssp);
/* srcu_barrier() waits for the callbacks of these, before the structure is freed. */
void call_srcu(struct srcu_struct *ssp, struct rcu_head *head, rcu_callback_t func);
void srcu_barrier(struct srcu_struct *ssp);
#if KT_SINCE(5, 12)
unsigned long get_state_synchronize_srcu(struct srcu_struct *ssp);
unsigned long start_poll_synchronize_srcu(struct srcu_struct *ssp);
bool poll_state_synchronize_srcu(struct srcu_struct *ssp, unsigned long cookie);
#endif
KT_END

static inline int init_srcu_struct(struct srcu_struct *ssp)
{
	struct srcu_struct fresh = __KT_SRCU_INIT;

	*ssp = fresh;
	return 0;
}

static inline void cleanup_srcu_struct(struct srcu_struct *ssp)
{
	(void)ssp;
}

#define synchronize_srcu_expedited synchronize_srcu
#define srcu_read_lock_notrace srcu_read_lock
#define srcu_read_unlock_notrace srcu_read_unlock

static inline int srcu_read_lock_held(const struct srcu_struct *ssp)
{
	(void)ssp;
	return 1;
}

static inline void smp_mb__after_srcu_read_unlock(void)
{
	smp_mb();
}

#define srcu_dereference(p, ssp) rcu_dereference(p)
#define srcu_dereference_check(p, ssp, condition) rcu_dereference(p)

DEFINE_LOCK_GUARD_1(srcu, struct srcu_struct, _T->idx = srcu_read_lock(_T->lock),
		    srcu_read_unlock(_T->lock, _T->idx), int idx)

#endif

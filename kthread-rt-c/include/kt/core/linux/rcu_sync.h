/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Lets readers use a fast path while there is no writer. */
#ifndef KT_CORE_LINUX_RCU_SYNC_H
#define KT_CORE_LINUX_RCU_SYNC_H

#include <kt/core/linux/mutex.h>
#include <kt/core/linux/rcupdate.h>
#include <kt/core/linux/types.h>

struct rcu_sync {
	struct mutex kt_lock;
	int gp_count; /* writers */
	bool kt_idle;
};

static inline void rcu_sync_init(struct rcu_sync *sync)
{
	mutex_init(&sync->kt_lock);
	sync->gp_count = 0;
	sync->kt_idle = true;
}

/* Called in a read-side critical section: true if no writer is inside. */
static inline bool rcu_sync_is_idle(struct rcu_sync *sync)
{
	return READ_ONCE(sync->kt_idle);
}

/* Returns when all readers see the writer. */
static inline void rcu_sync_enter(struct rcu_sync *sync)
{
	mutex_lock(&sync->kt_lock);
	if (sync->gp_count++ == 0) {
		WRITE_ONCE(sync->kt_idle, false);
		synchronize_rcu();
	}
	mutex_unlock(&sync->kt_lock);
}

/* After the last writer's exit and a grace period, readers use the fast path again. */
static inline void rcu_sync_exit(struct rcu_sync *sync)
{
	mutex_lock(&sync->kt_lock);
	if (sync->gp_count == 1)
		synchronize_rcu();
	if (--sync->gp_count == 0)
		WRITE_ONCE(sync->kt_idle, true);
	mutex_unlock(&sync->kt_lock);
}

static inline void rcu_sync_dtor(struct rcu_sync *sync)
{
	(void)sync;
}

#endif

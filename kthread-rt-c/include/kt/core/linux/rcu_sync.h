/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Readers that need to look for writers only while there is one. */
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

/* In a section of a reader: no writer has entered whose enter has returned. */
static inline bool rcu_sync_is_idle(struct rcu_sync *sync)
{
	return READ_ONCE(sync->kt_idle);
}

/* Returns when every reader sees that there is a writer. */
static inline void rcu_sync_enter(struct rcu_sync *sync)
{
	mutex_lock(&sync->kt_lock);
	if (sync->gp_count++ == 0) {
		WRITE_ONCE(sync->kt_idle, false);
		synchronize_rcu();
	}
	mutex_unlock(&sync->kt_lock);
}

/* The last writer's: readers that begin after a grace period need not look any more. */
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

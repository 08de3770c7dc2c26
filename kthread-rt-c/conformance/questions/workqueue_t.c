// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Works: the bits of their data in each state, works after a grace period, and names for the
 * cancelled.
 */
#include "ask.h"
#include <linux/rcupdate.h>
#include <linux/workqueue.h>

static struct completion began, go_on;

static void stays(struct work_struct *work)
{
	complete(&began);
	wait_for_completion(&go_on);
}

static void does_nothing(struct work_struct *work)
{
}

static void bits(const char *when, struct work_struct *work)
{
	unsigned long data = *work_data_bits(work);

	answer("%s pending=%d inactive=%d pwq=%d linked=%d no_pool=%d", when, !!(data & WORK_STRUCT_PENDING),
	       !!(data & WORK_STRUCT_INACTIVE), !!(data & WORK_STRUCT_PWQ), !!(data & WORK_STRUCT_LINKED),
	       (data & WORK_STRUCT_NO_POOL) == WORK_STRUCT_NO_POOL);
}

CASE(bits, "work_struct.data work_data_bits WORK_STRUCT_PENDING WORK_STRUCT_INACTIVE WORK_STRUCT_PWQ WORK_STRUCT_LINKED"
	   " WORK_STRUCT_NO_POOL WORK_STRUCT_PENDING_BIT WORK_DATA_INIT")
{
	struct workqueue_struct *wq = alloc_workqueue("ask_bits", 0, 1);
	static struct work_struct first, second;
	static struct delayed_work delayed;
	atomic_long_t initial = WORK_DATA_INIT();

	init_completion(&began);
	init_completion(&go_on);
	INIT_WORK(&first, stays);
	INIT_WORK(&second, does_nothing);
	INIT_DELAYED_WORK(&delayed, does_nothing);
	answer("init=%d bit=%d", atomic_long_read(&first.data) == atomic_long_read(&initial), WORK_STRUCT_PENDING_BIT);
	bits("fresh", &first);
	queue_work_on(0, wq, &first);
	wait_for_completion(&began);
	bits("running", &first);
	queue_work_on(0, wq, &second);
	bits("behind", &second);
	queue_work_on(0, wq, &first);
	bits("running_and_queued", &first);
	cancel_work(&first);
	bits("cancelled_while_running", &first);
	complete(&go_on);
	flush_workqueue(wq);
	bits("has_run", &second);
	queue_delayed_work(wq, &delayed, 3600 * HZ);
	bits("delayed", &delayed.work);
	cancel_delayed_work_sync(&delayed);
	bits("cancelled", &delayed.work);
	destroy_workqueue(wq);
}

static struct rcu_work rcu_asked;
static atomic_t runs;

static void counts(struct work_struct *work)
{
	atomic_set(&runs, atomic_read(&runs) + (to_rcu_work(work) == &rcu_asked ? 1 : 100));
}

CASE(rcu_work, "rcu_work INIT_RCU_WORK queue_rcu_work flush_rcu_work to_rcu_work rcu_work.work")
{
	struct workqueue_struct *wq = alloc_workqueue("ask_rcu", 0, 0);
	int queued, again, pending, flushed;

	INIT_RCU_WORK(&rcu_asked, counts);
	flushed = flush_rcu_work(&rcu_asked);
	answer("idle flush=%d pending=%d", flushed, work_pending(&rcu_asked.work));
	rcu_read_lock();
	queued = queue_rcu_work(wq, &rcu_asked);
	again = queue_rcu_work(wq, &rcu_asked);
	pending = work_pending(&rcu_asked.work);
	answer("queue=%d again=%d pending=%d runs=%d", queued, again, pending, atomic_read(&runs));
	rcu_read_unlock();
	/* Whether it is still pending is up to how long a grace period takes. */
	flush_rcu_work(&rcu_asked);
	answer("flushed runs=%d pending=%d", atomic_read(&runs), work_pending(&rcu_asked.work));
	queued = queue_rcu_work(wq, &rcu_asked);
	flush_rcu_work(&rcu_asked);
	answer("queue=%d runs=%d", queued, atomic_read(&runs));
	destroy_workqueue(wq);
}

ASK_MODULE(&case_bits, &case_rcu_work);

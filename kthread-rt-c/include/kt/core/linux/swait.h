/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Simple wait queues: waiters are woken in the order in which they came, without wake functions. */
#ifndef KT_CORE_LINUX_SWAIT_H
#define KT_CORE_LINUX_SWAIT_H

#include <kt/core/linux/list.h>
#include <kt/core/linux/sched.h>
#include <kt/core/linux/spinlock_types.h>
#include <kt/core/linux/wait.h>

struct swait_queue_head {
	raw_spinlock_t lock;
	struct list_head task_list;
};

struct swait_queue {
	struct task_struct *task;
	struct list_head task_list;
};

#define __SWAITQUEUE_INITIALIZER(name) { current, { 0, 0 } }
#define DECLARE_SWAITQUEUE(name) struct swait_queue name = __SWAITQUEUE_INITIALIZER(name)
#define __SWAIT_QUEUE_HEAD_INITIALIZER(name) { __RAW_SPIN_LOCK_UNLOCKED(0), { 0, 0 } }
#define DECLARE_SWAIT_QUEUE_HEAD(name) struct swait_queue_head name = __SWAIT_QUEUE_HEAD_INITIALIZER(name)
#define DECLARE_SWAIT_QUEUE_HEAD_ONSTACK(name) DECLARE_SWAIT_QUEUE_HEAD(name)

static inline void kt_init_swait_queue_head(struct swait_queue_head *q)
{
	struct swait_queue_head empty = __SWAIT_QUEUE_HEAD_INITIALIZER(empty);

	*q = empty;
}
#define init_swait_queue_head(q) kt_init_swait_queue_head(q)
#define __init_swait_queue_head(q, name, key) kt_init_swait_queue_head(q)

KT_BEGIN
void swake_up_one(struct swait_queue_head *q);
void swake_up_all(struct swait_queue_head *q);
int kt_swait_active(const struct swait_queue_head *q);
KT_END

#define swait_active(q) kt_swait_active(q)
#define swq_has_sleeper(q) kt_swait_active(q)

#endif

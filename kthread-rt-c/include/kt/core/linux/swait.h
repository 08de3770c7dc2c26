/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Simple wait queues: waiters are woken in FIFO order, without wake functions. */
#ifndef KT_CORE_LINUX_SWAIT_H
#define KT_CORE_LINUX_SWAIT_H

#include <kt/core/linux/list.h>
#include <kt/core/linux/sched.h>
#include <kt/core/linux/spinlock_types.h>
#include <kt/core/linux/wait.h>
#include <kt/core/linux/version.h>

struct swait_queue_head {
	raw_spinlock_t lock;
	struct list_head task_list;
};

struct swait_queue {
	struct task_struct *task;
	struct list_head task_list;
};

#define __SWAITQUEUE_INITIALIZER(name) { current, LIST_HEAD_INIT((name).task_list) }
#define DECLARE_SWAITQUEUE(name) struct swait_queue name = __SWAITQUEUE_INITIALIZER(name)
#define __SWAIT_QUEUE_HEAD_INITIALIZER(name) { __RAW_SPIN_LOCK_UNLOCKED(0), LIST_HEAD_INIT((name).task_list) }
#define DECLARE_SWAIT_QUEUE_HEAD(name) struct swait_queue_head name = __SWAIT_QUEUE_HEAD_INITIALIZER(name)
#define DECLARE_SWAIT_QUEUE_HEAD_ONSTACK(name) DECLARE_SWAIT_QUEUE_HEAD(name)

static inline void kt_init_swait_queue_head(struct swait_queue_head *q)
{
	struct swait_queue_head empty = __SWAIT_QUEUE_HEAD_INITIALIZER(*q);

	*q = empty;
}

#define init_swait_queue_head(q) kt_init_swait_queue_head(q)

static inline void __init_swait_queue_head(struct swait_queue_head *q, const char *name, struct lock_class_key *key)
{
	(void)key, (void)name;
	kt_init_swait_queue_head(q);
}

KT_BEGIN
void prepare_to_swait_exclusive(struct swait_queue_head *q, struct swait_queue *wait, int state);
long prepare_to_swait_event(struct swait_queue_head *q, struct swait_queue *wait, int state);
void finish_swait(struct swait_queue_head *q, struct swait_queue *wait);
/* For a caller that holds the lock. */
void __finish_swait(struct swait_queue_head *q, struct swait_queue *wait);
#if KT_SINCE(6, 6)
void swake_up_locked(struct swait_queue_head *q, int wake_flags) __asm__("kt_swake_up_locked_with");
#else
void swake_up_locked(struct swait_queue_head *q);
#endif
#if KT_SINCE(4, 19)
void swake_up_one(struct swait_queue_head *q);
#endif
void swake_up_all(struct swait_queue_head *q);
int swait_active(const struct swait_queue_head *q) __asm__("kt_swait_active");
KT_END

#define swq_has_sleeper swait_active

/*
 * swait_event_exclusive() and its family. The entry is also removed from the queue if the
 * condition's code oopses or calls kthread_exit().
 */
struct kt_swait {
	struct swait_queue wait;
	struct swait_queue_head *q;
};

static inline void kt_swait_leave(struct kt_swait *swait)
{
	finish_swait(swait->q, &swait->wait);
}

/*
 * `left` is the remaining time, or always 1 without a timeout. It is the result, or -ERESTARTSYS.
 */
#define __kt_swait(wq, condition, state, limit, sleep) \
	({ \
		struct kt_swait __kt_swait __attribute__((__cleanup__(kt_swait_leave))) = { { 0, { 0, 0 } }, &(wq) }; \
		long __kt_left = (limit), __kt_pending; \
		bool __kt_true; \
		for (;;) { \
			__kt_pending = prepare_to_swait_event(__kt_swait.q, &__kt_swait.wait, state); \
			__kt_true = !!(condition); \
			if (__kt_true || !__kt_left) \
				break; \
			if (__kt_pending) { \
				__kt_left = __kt_pending; \
				break; \
			} \
			sleep; \
		} \
		__kt_true && !__kt_left ? 1 : __kt_left; \
	})
#define __kt_swait_for_ever(wq, condition, state) \
	((condition) ? 0 : __kt_swait(wq, condition, state, 1, __kt_at(schedule())) < 0 ? -512 : 0)
#define __kt_swait_timeout(wq, condition, state, limit) \
	__kt_swait(wq, condition, state, limit, __kt_left = schedule_timeout(__kt_left))

#if KT_SINCE(4, 19)
#define swait_event_exclusive(wq, condition) ((void)__kt_swait_for_ever(wq, condition, TASK_UNINTERRUPTIBLE))
#endif
#define swait_event_idle_exclusive(wq, condition) ((void)__kt_swait_for_ever(wq, condition, __KT_TASK_IDLE))
#define swait_event_interruptible_exclusive(wq, condition) __kt_swait_for_ever(wq, condition, TASK_INTERRUPTIBLE)
#define swait_event_timeout_exclusive(wq, condition, timeout) \
	__kt_swait_timeout(wq, condition, TASK_UNINTERRUPTIBLE, timeout)
#define swait_event_idle_timeout_exclusive(wq, condition, timeout) __kt_swait_timeout(wq, condition, __KT_TASK_IDLE, timeout)
#define swait_event_interruptible_timeout_exclusive(wq, condition, timeout) \
	__kt_swait_timeout(wq, condition, TASK_INTERRUPTIBLE, timeout)

#endif

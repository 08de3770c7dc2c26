/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Wait queues. */
#ifndef KT_CORE_LINUX_WAIT_H
#define KT_CORE_LINUX_WAIT_H

#include <kt/core/linux/list.h>
#include <kt/core/linux/sched.h>
#include <kt/core/linux/sched/signal.h>
#include <kt/core/linux/spinlock.h>
#include <kt/core/linux/version.h>

#define WQ_FLAG_EXCLUSIVE 0x01
#define WQ_FLAG_WOKEN 0x02
#define WQ_FLAG_CUSTOM 0x04
#define WQ_FLAG_DONE 0x08
#if KT_SINCE(6, 7)
#define WQ_FLAG_PRIORITY 0x10
#else
#define WQ_FLAG_PRIORITY 0x20
#endif

#if KT_SINCE(4, 13)
#define __KT_WAIT_ENTRY_T wait_queue_entry_t
#define __KT_WAIT_NODE entry
#define __KT_WAIT_LIST head
#else
#define wait_queue_entry __wait_queue
#define wait_queue_head __wait_queue_head
#define __KT_WAIT_ENTRY_T wait_queue_t
#define __KT_WAIT_NODE task_list
#define __KT_WAIT_LIST task_list
#endif

struct wait_queue_entry;
typedef int (*wait_queue_func_t)(struct wait_queue_entry *entry, unsigned int mode, int flags, void *key);

typedef struct wait_queue_entry {
	unsigned int flags;
#ifdef __cplusplus
	void *private_;
#else
	void *private;
#endif
	wait_queue_func_t func;
	struct list_head __KT_WAIT_NODE;
} __KT_WAIT_ENTRY_T;

typedef struct wait_queue_head {
	spinlock_t lock;
	struct list_head __KT_WAIT_LIST;
} wait_queue_head_t;

KT_BEGIN
int default_wake_function(struct wait_queue_entry *entry, unsigned int mode, int flags, void *key);
int autoremove_wake_function(struct wait_queue_entry *entry, unsigned int mode, int flags, void *key);
int woken_wake_function(struct wait_queue_entry *entry, unsigned int mode, int flags, void *key);
void add_wait_queue(struct wait_queue_head *wq, struct wait_queue_entry *entry);
void add_wait_queue_exclusive(struct wait_queue_head *wq, struct wait_queue_entry *entry);
#if KT_SINCE(6, 7)
void add_wait_queue_priority(struct wait_queue_head *wq, struct wait_queue_entry *entry)
	__asm__("kt_add_wait_queue_priority_since_6_7");
#else
void add_wait_queue_priority(struct wait_queue_head *wq, struct wait_queue_entry *entry);
#endif
void remove_wait_queue(struct wait_queue_head *wq, struct wait_queue_entry *entry);
void prepare_to_wait(struct wait_queue_head *wq, struct wait_queue_entry *entry, unsigned int state);
#if KT_SINCE(5, 15)
bool prepare_to_wait_exclusive(struct wait_queue_head *wq, struct wait_queue_entry *entry, unsigned int state);
#else
void prepare_to_wait_exclusive(struct wait_queue_head *wq, struct wait_queue_entry *entry, unsigned int state);
#endif
long prepare_to_wait_event(struct wait_queue_head *wq, struct wait_queue_entry *entry, unsigned int state);
void finish_wait(struct wait_queue_head *wq, struct wait_queue_entry *entry);
#if KT_SINCE(3, 19)
long wait_woken(struct wait_queue_entry *entry, unsigned int state, long timeout);
#endif
int __wake_up(struct wait_queue_head *wq, unsigned int mode, int nr, void *key);
void kt_wake_up_sync(struct wait_queue_head *wq, unsigned int mode, int nr, void *key);
void kt_wake_up_locked_sync(struct wait_queue_head *wq, unsigned int mode, void *key);
void __wake_up_locked(struct wait_queue_head *wq, unsigned int mode, int nr);
void __wake_up_locked_key(struct wait_queue_head *wq, unsigned int mode, void *key);
int waitqueue_active(struct wait_queue_head *wq) __asm__("kt_waitqueue_active");
bool wq_has_sleeper(struct wait_queue_head *wq) __asm__("kt_wq_has_sleeper");
KT_END

#define __WAIT_QUEUE_HEAD_INITIALIZER(name) { __SPIN_LOCK_UNLOCKED(name), LIST_HEAD_INIT((name).__KT_WAIT_LIST) }
#define DECLARE_WAIT_QUEUE_HEAD(name) struct wait_queue_head name = __WAIT_QUEUE_HEAD_INITIALIZER(name)
#define DECLARE_WAIT_QUEUE_HEAD_ONSTACK(name) DECLARE_WAIT_QUEUE_HEAD(name)

static inline void kt_init_wait_queue_head(struct wait_queue_head *wq)
{
	struct wait_queue_head empty = __WAIT_QUEUE_HEAD_INITIALIZER(*wq);

	kt_initialises(wq, sizeof(*wq), "init_waitqueue_head");
	*wq = empty;
}

#define init_waitqueue_head(wq) kt_init_wait_queue_head(wq)

static inline void __init_waitqueue_head(struct wait_queue_head *wq, const char *name, struct lock_class_key *key)
{
	(void)key, (void)name;
	kt_init_wait_queue_head(wq);
}

#define __WAITQUEUE_INITIALIZER(name, task) { 0, (task), default_wake_function, { 0, 0 } }
#define DECLARE_WAITQUEUE(name, task) struct wait_queue_entry name = __WAITQUEUE_INITIALIZER(name, task)
#define DEFINE_WAIT(name) DEFINE_WAIT_FUNC(name, autoremove_wake_function)
#define DEFINE_WAIT_FUNC(name, function) struct wait_queue_entry name = { 0, current, (function), LIST_HEAD_INIT((name).__KT_WAIT_NODE) }

static inline void kt_init_wait_entry(struct wait_queue_entry *entry, unsigned int flags, void *owner, wait_queue_func_t func)
{
	struct wait_queue_entry made = { flags, owner, func, LIST_HEAD_INIT(entry->__KT_WAIT_NODE) };

	*entry = made;
}

/* Initialises an entry, but keeps its list links. */
static inline void kt_set_wait_entry(struct wait_queue_entry *entry, void *owner, wait_queue_func_t func)
{
	struct wait_queue_entry made = { 0, owner, func, entry->__KT_WAIT_NODE };

	*entry = made;
}

static inline void init_waitqueue_entry(struct wait_queue_entry *entry, struct task_struct *task)
{
	kt_set_wait_entry(entry, task, default_wake_function);
}

static inline void init_waitqueue_func_entry(struct wait_queue_entry *entry, wait_queue_func_t func)
{
	kt_set_wait_entry(entry, 0, func);
}

#define init_wait(entry) kt_init_wait_entry(entry, 0, current, autoremove_wake_function)

static inline void init_wait_entry(struct wait_queue_entry *entry, int flags)
{
	kt_init_wait_entry(entry, flags, current, autoremove_wake_function);
}

/* For callers that hold the lock. */
static inline void __add_wait_queue(struct wait_queue_head *wq, struct wait_queue_entry *entry)
{
	list_add(&entry->__KT_WAIT_NODE, &wq->__KT_WAIT_LIST);
}

static inline void __add_wait_queue_entry_tail(struct wait_queue_head *wq, struct wait_queue_entry *entry)
{
	list_add_tail(&entry->__KT_WAIT_NODE, &wq->__KT_WAIT_LIST);
}

static inline void __add_wait_queue_exclusive(struct wait_queue_head *wq, struct wait_queue_entry *entry)
{
	entry->flags |= WQ_FLAG_EXCLUSIVE;
	__add_wait_queue(wq, entry);
}

static inline void __remove_wait_queue(struct wait_queue_head *wq, struct wait_queue_entry *entry)
{
	(void)wq;
	list_del(&entry->__KT_WAIT_NODE);
}

#define wake_up(wq) __wake_up(wq, TASK_NORMAL, 1, 0)
#define wake_up_nr(wq, nr) __wake_up(wq, TASK_NORMAL, nr, 0)
#define wake_up_all(wq) __wake_up(wq, TASK_NORMAL, 0, 0)
#define wake_up_locked(wq) __wake_up_locked(wq, TASK_NORMAL, 1)
#define wake_up_all_locked(wq) __wake_up_locked(wq, TASK_NORMAL, 0)
/*
 * For a caller that is about to sleep: wake functions get a flag, but the operating system takes no
 * such hint.
 */
#if KT_SINCE(5, 5)
static inline void __wake_up_sync_key(struct wait_queue_head *wq, unsigned int mode, void *key)
{
	kt_wake_up_sync(wq, mode, 1, key);
}

static inline void __wake_up_locked_sync_key(struct wait_queue_head *wq, unsigned int mode, void *key)
{
	kt_wake_up_locked_sync(wq, mode, key);
}

static inline void __wake_up_sync(struct wait_queue_head *wq, unsigned int mode)
{
	kt_wake_up_sync(wq, mode, 1, 0);
}
#else
static inline void __wake_up_sync_key(struct wait_queue_head *wq, unsigned int mode, int nr, void *key)
{
	kt_wake_up_sync(wq, mode, nr, key);
}

static inline void __wake_up_sync(struct wait_queue_head *wq, unsigned int mode, int nr)
{
	kt_wake_up_sync(wq, mode, nr, 0);
}
#endif

#define wake_up_sync(wq) kt_wake_up_sync(wq, TASK_NORMAL, 1, 0)
#define wake_up_interruptible(wq) __wake_up(wq, TASK_INTERRUPTIBLE, 1, 0)
#define wake_up_interruptible_nr(wq, nr) __wake_up(wq, TASK_INTERRUPTIBLE, nr, 0)
#define wake_up_interruptible_all(wq) __wake_up(wq, TASK_INTERRUPTIBLE, 0, 0)
#define wake_up_interruptible_sync(wq) kt_wake_up_sync(wq, TASK_INTERRUPTIBLE, 1, 0)
#define wake_up_poll(wq, mask) __wake_up(wq, TASK_NORMAL, 1, poll_to_key(mask))
#define wake_up_interruptible_poll(wq, mask) __wake_up(wq, TASK_INTERRUPTIBLE, 1, poll_to_key(mask))
#define wake_up_poll_sync(wq, mask) kt_wake_up_sync(wq, TASK_NORMAL, 1, poll_to_key(mask))
#define wake_up_interruptible_sync_poll(wq, mask) kt_wake_up_sync(wq, TASK_INTERRUPTIBLE, 1, poll_to_key(mask))
#define wake_up_interruptible_sync_poll_locked(wq, mask) \
	kt_wake_up_locked_sync(wq, TASK_INTERRUPTIBLE, poll_to_key(mask))
#define wake_up_locked_poll(wq, mask) __wake_up_locked_key(wq, TASK_NORMAL, poll_to_key(mask))
#define key_to_poll(key) ((__poll_t)(unsigned long)(key))
#define poll_to_key(mask) ((void *)(unsigned long)(mask))

/* Notifies pollers that the queue is going to be freed. The mask is EPOLLHUP and POLLFREE. */
#if KT_SINCE(5, 16)
static inline void wake_up_pollfree(struct wait_queue_head *wq)
{
	if (waitqueue_active(wq))
		__wake_up(wq, TASK_NORMAL, 0, poll_to_key(0x4010));
}
#endif

/*
 * wait_event() and its family. The macro tests the condition; the runtime does the steps between
 * the tests (kthread-rt, src/wait/stepwise.rs).
 */
struct kt_wait_event {
	unsigned long space[32];
	bool waits;
};

KT_BEGIN
void kt_wait_begin(struct kt_wait_event *wait, struct wait_queue_head *wq, unsigned int state, bool exclusive, int kind,
		   long limit, bool opens_lock);
bool kt_wait_next(struct kt_wait_event *wait);
int kt_wait_look(const struct kt_wait_event *wait);
void kt_wait_sleep(struct kt_wait_event *wait);
void kt_wait_prepare(struct kt_wait_event *wait);
long kt_wait_end(struct kt_wait_event *wait, bool condition);
KT_END

/*
 * If the condition's code oopses or calls kthread_exit(), this removes the entry before its stack
 * frame ends.
 */
static inline void kt_wait_leave(struct kt_wait_event *wait)
{
	if (wait->waits)
		kt_wait_end(wait, false);
}

enum { KT_NO_LIMIT, KT_JIFFIES, KT_NANOSECONDS };

#define __kt_wait(wq, condition, state, exclusive, kind, limit) \
	({ \
		struct kt_wait_event __kt_wait __attribute__((__cleanup__(kt_wait_leave))); \
		bool __kt_true; \
		__kt_at(kt_wait_begin(&__kt_wait, &(wq), state, exclusive, kind, (long)(limit), false)); \
		__kt_wait.waits = true; \
		do \
			__kt_true = !!(condition); \
		while (!__kt_true && kt_wait_next(&__kt_wait)); \
		__kt_wait.waits = false; \
		kt_wait_end(&__kt_wait, __kt_true); \
	})

/*
 * With statements before and after each sleep. The caller may be in an atomic section until then,
 * so there is no might_sleep().
 */
#define __kt_wait_cmd(wq, condition, state, exclusive, kind, limit, before, after) \
	({ \
		struct kt_wait_event __kt_wait __attribute__((__cleanup__(kt_wait_leave))); \
		bool __kt_true; \
		int __kt_look; \
		__kt_at(kt_wait_begin(&__kt_wait, &(wq), state, exclusive, kind, (long)(limit), true)); \
		__kt_wait.waits = true; \
		while (!(__kt_true = !!(condition)) && (__kt_look = kt_wait_look(&__kt_wait))) { \
			if (__kt_look == 2) { \
				before; \
				kt_wait_sleep(&__kt_wait); \
				after; \
			} \
			kt_wait_prepare(&__kt_wait); \
		} \
		__kt_wait.waits = false; \
		kt_wait_end(&__kt_wait, __kt_true); \
	})

/* Returns 0, or -ERESTARTSYS. */
#define __kt_wait_int(...) ({ long __kt_ret = (__VA_ARGS__); __kt_ret < 0 ? (int)__kt_ret : 0; })
/* With a timeout in nanoseconds. Returns 0, -ETIME or -ERESTARTSYS. */
#define __kt_wait_time(...) ({ long __kt_ret = (__VA_ARGS__); __kt_ret < 0 ? (int)__kt_ret : __kt_ret ? 0 : -62; })

#define wait_event(wq, condition) \
	((void)__kt_wait(wq, condition, TASK_UNINTERRUPTIBLE, false, KT_NO_LIMIT, 0))
#define io_wait_event(wq, condition) wait_event(wq, condition)
#define wait_event_exclusive(wq, condition) \
	((void)__kt_wait(wq, condition, TASK_UNINTERRUPTIBLE, true, KT_NO_LIMIT, 0))
#if KT_SINCE(4, 13)
#define wait_event_idle(wq, condition) ((void)__kt_wait(wq, condition, __KT_TASK_IDLE, false, KT_NO_LIMIT, 0))
#endif
#define wait_event_idle_exclusive(wq, condition) ((void)__kt_wait(wq, condition, __KT_TASK_IDLE, true, KT_NO_LIMIT, 0))
#define wait_event_timeout(wq, condition, timeout) \
	__kt_wait(wq, condition, TASK_UNINTERRUPTIBLE, false, KT_JIFFIES, timeout)
#define wait_event_idle_timeout(wq, condition, timeout) \
	__kt_wait(wq, condition, __KT_TASK_IDLE, false, KT_JIFFIES, timeout)
#define wait_event_idle_exclusive_timeout(wq, condition, timeout) \
	__kt_wait(wq, condition, __KT_TASK_IDLE, true, KT_JIFFIES, timeout)
#define wait_event_interruptible(wq, condition) \
	__kt_wait_int(__kt_wait(wq, condition, TASK_INTERRUPTIBLE, false, KT_NO_LIMIT, 0))
#define wait_event_interruptible_exclusive(wq, condition) \
	__kt_wait_int(__kt_wait(wq, condition, TASK_INTERRUPTIBLE, true, KT_NO_LIMIT, 0))
#define wait_event_interruptible_timeout(wq, condition, timeout) \
	__kt_wait(wq, condition, TASK_INTERRUPTIBLE, false, KT_JIFFIES, timeout)
#define wait_event_killable(wq, condition) \
	__kt_wait_int(__kt_wait(wq, condition, TASK_KILLABLE, false, KT_NO_LIMIT, 0))
#define wait_event_killable_exclusive(wq, condition) \
	__kt_wait_int(__kt_wait(wq, condition, TASK_KILLABLE, true, KT_NO_LIMIT, 0))
#if KT_SINCE(4, 18)
#define wait_event_killable_timeout(wq, condition, timeout) \
	__kt_wait(wq, condition, TASK_KILLABLE, false, KT_JIFFIES, timeout)
#endif
#define wait_event_state(wq, condition, state) \
	__kt_wait_int(__kt_wait(wq, condition, state, false, KT_NO_LIMIT, 0))
#define wait_event_freezable(wq, condition) \
	__kt_wait_int(__kt_wait(wq, condition, TASK_INTERRUPTIBLE | __KT_TASK_FREEZABLE, false, KT_NO_LIMIT, 0))
#define wait_event_freezable_exclusive(wq, condition) \
	__kt_wait_int(__kt_wait(wq, condition, TASK_INTERRUPTIBLE | __KT_TASK_FREEZABLE, true, KT_NO_LIMIT, 0))
#define wait_event_freezable_timeout(wq, condition, timeout) \
	__kt_wait(wq, condition, TASK_INTERRUPTIBLE | __KT_TASK_FREEZABLE, false, KT_JIFFIES, timeout)
#define wait_event_hrtimeout(wq, condition, timeout) \
	__kt_wait_time(__kt_wait(wq, condition, TASK_UNINTERRUPTIBLE, false, KT_NANOSECONDS, timeout))
#define wait_event_interruptible_hrtimeout(wq, condition, timeout) \
	__kt_wait_time(__kt_wait(wq, condition, TASK_INTERRUPTIBLE, false, KT_NANOSECONDS, timeout))

#define wait_event_cmd(wq, condition, before, after) \
	((void)__kt_wait_cmd(wq, condition, TASK_UNINTERRUPTIBLE, false, KT_NO_LIMIT, 0, before, after))
#define wait_event_exclusive_cmd(wq, condition, before, after) \
	((void)__kt_wait_cmd(wq, condition, TASK_UNINTERRUPTIBLE, true, KT_NO_LIMIT, 0, before, after))
#define wait_event_lock_irq_cmd(wq, condition, lock, cmd) \
	((void)__kt_wait_cmd(wq, condition, TASK_UNINTERRUPTIBLE, false, KT_NO_LIMIT, 0, \
			     (spin_unlock_irq(&(lock)), cmd), spin_lock_irq(&(lock))))
#define wait_event_lock_irq(wq, condition, lock) \
	((void)__kt_wait_cmd(wq, condition, TASK_UNINTERRUPTIBLE, false, KT_NO_LIMIT, 0, spin_unlock_irq(&(lock)), \
			     spin_lock_irq(&(lock))))
#define wait_event_interruptible_lock_irq(wq, condition, lock) \
	__kt_wait_int(__kt_wait_cmd(wq, condition, TASK_INTERRUPTIBLE, false, KT_NO_LIMIT, 0, spin_unlock_irq(&(lock)), \
				    spin_lock_irq(&(lock))))
#define wait_event_interruptible_lock_irq_timeout(wq, condition, lock, timeout) \
	__kt_wait_cmd(wq, condition, TASK_INTERRUPTIBLE, false, KT_JIFFIES, timeout, spin_unlock_irq(&(lock)), \
		      spin_lock_irq(&(lock)))
#define wait_event_lock_irq_timeout(wq, condition, lock, timeout) \
	__kt_wait_cmd(wq, condition, TASK_UNINTERRUPTIBLE, false, KT_JIFFIES, timeout, spin_unlock_irq(&(lock)), \
		      spin_lock_irq(&(lock)))

#define wait_event_interruptible_lock_irq_cmd(wq, condition, lock, cmd) \
	__kt_wait_int(__kt_wait_cmd(wq, condition, TASK_INTERRUPTIBLE, false, KT_NO_LIMIT, 0, \
				    (spin_unlock_irq(&(lock)), cmd), spin_lock_irq(&(lock))))

/*
 * One iteration of a wait by a caller that holds the queue's lock: queues at the tail and sleeps
 * without the lock. Returns 0 or -ERESTARTSYS.
 */
static inline int do_wait_intr(struct wait_queue_head *wq, struct wait_queue_entry *entry)
{
	if (list_empty(&entry->__KT_WAIT_NODE))
		__add_wait_queue_entry_tail(wq, entry);
	kt_set_current_state(TASK_INTERRUPTIBLE);
	if (signal_pending(current))
		return -512;
	spin_unlock(&wq->lock);
	schedule();
	spin_lock(&wq->lock);
	return 0;
}

static inline int do_wait_intr_irq(struct wait_queue_head *wq, struct wait_queue_entry *entry)
{
	int ret;

	local_irq_enable();
	ret = do_wait_intr(wq, entry);
	local_irq_disable();
	return ret;
}

static inline void kt_leave_locked(struct wait_queue_entry *entry)
{
	if (!list_empty(&entry->__KT_WAIT_NODE))
		list_del_init(&entry->__KT_WAIT_NODE);
	kt_set_current_state(TASK_RUNNING);
}

#define __kt_wait_locked(wq, condition, flags, turn) \
	({ \
		int __kt_ret = 0; \
		if (!(condition)) { \
			struct wait_queue_entry __kt_entry __attribute__((__cleanup__(kt_leave_locked))) = { \
				flags, current, autoremove_wake_function, { 0, 0 } \
			}; \
			do \
				__kt_ret = __kt_at(turn(&(wq), &__kt_entry)); \
			while (!__kt_ret && !(condition)); \
		} \
		__kt_ret; \
	})
#define wait_event_interruptible_locked(wq, condition) __kt_wait_locked(wq, condition, 0, do_wait_intr)
#define wait_event_interruptible_locked_irq(wq, condition) __kt_wait_locked(wq, condition, 0, do_wait_intr_irq)
#define wait_event_interruptible_exclusive_locked(wq, condition) \
	__kt_wait_locked(wq, condition, WQ_FLAG_EXCLUSIVE, do_wait_intr)
#define wait_event_interruptible_exclusive_locked_irq(wq, condition) \
	__kt_wait_locked(wq, condition, WQ_FLAG_EXCLUSIVE, do_wait_intr_irq)

/*
 * Sleeping without a test of the condition, before 3.15: as in a kernel, a wake-up that comes too
 * early is lost.
 */
#if !KT_SINCE(3, 15)
static inline long kt_sleep_on(struct wait_queue_head *wq, unsigned int state, long timeout)
{
	struct wait_queue_entry entry = { 0, current, default_wake_function, { 0, 0 } };

	add_wait_queue(wq, &entry);
	set_current_state(state);
	timeout = schedule_timeout(timeout);
	remove_wait_queue(wq, &entry);
	return timeout;
}

static inline void sleep_on(struct wait_queue_head *wq)
{
	kt_sleep_on(wq, TASK_UNINTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT);
}

static inline long sleep_on_timeout(struct wait_queue_head *wq, long timeout)
{
	return kt_sleep_on(wq, TASK_UNINTERRUPTIBLE, timeout);
}

static inline void interruptible_sleep_on(struct wait_queue_head *wq)
{
	kt_sleep_on(wq, TASK_INTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT);
}

static inline long interruptible_sleep_on_timeout(struct wait_queue_head *wq, long timeout)
{
	return kt_sleep_on(wq, TASK_INTERRUPTIBLE, timeout);
}
#endif

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Waiting until something is done. */
#ifndef KT_CORE_LINUX_COMPLETION_H
#define KT_CORE_LINUX_COMPLETION_H

#include <kt/core/linux/sched.h>
#include <kt/core/linux/spinlock_types.h>
#include <kt/core/linux/swait.h>
#include <kt/core/linux/version.h>
#include <kt/core/linux/wait.h>

/*
 * Before 5.7, its queue is a wait queue. The runtime has to know which one it is: kthread-rt,
 * src/completion/queue.rs.
 */
#if KT_SINCE(5, 7)
#define __KT_COMPLETION_QUEUE 0
#define __KT_OF_COMPLETION(function)
#else
#define __KT_COMPLETION_QUEUE 0x7157a17d
#define __KT_OF_COMPLETION(function) __asm__("kt_wq_" #function)
#endif

struct completion {
	unsigned int done;
	unsigned int kt_queue;
#if KT_SINCE(5, 7)
	struct swait_queue_head wait;
#else
	wait_queue_head_t wait;
#endif
};

#if KT_SINCE(5, 7)
#define __KT_COMPLETION_LIST task_list
#else
#define __KT_COMPLETION_LIST __KT_WAIT_LIST
#endif
#define COMPLETION_INITIALIZER(name) \
	{ 0, __KT_COMPLETION_QUEUE, { __RAW_SPIN_LOCK_UNLOCKED(0), LIST_HEAD_INIT((name).wait.__KT_COMPLETION_LIST) } }
#define COMPLETION_INITIALIZER_ONSTACK(name) (*({ init_completion(&(name)); &(name); }))
#define DECLARE_COMPLETION(name) struct completion name = COMPLETION_INITIALIZER(name)
#define DECLARE_COMPLETION_ONSTACK(name) DECLARE_COMPLETION(name)
#define DECLARE_COMPLETION_ONSTACK_MAP(name, map) DECLARE_COMPLETION(name)
/* The map is for a lock checker. */
#define COMPLETION_INITIALIZER_ONSTACK_MAP(name, map) COMPLETION_INITIALIZER_ONSTACK(name)

KT_BEGIN
void complete(struct completion *x) __KT_OF_COMPLETION(complete);
void complete_all(struct completion *x) __KT_OF_COMPLETION(complete_all);
bool completion_done(struct completion *x) __KT_OF_COMPLETION(completion_done);
bool try_wait_for_completion(struct completion *x) __KT_OF_COMPLETION(try_wait_for_completion);
void wait_for_completion(struct completion *x) __KT_OF_COMPLETION(wait_for_completion);
void wait_for_completion_io(struct completion *x) __KT_OF_COMPLETION(wait_for_completion_io);
int wait_for_completion_interruptible(struct completion *x) __KT_OF_COMPLETION(wait_for_completion_interruptible);
int wait_for_completion_killable(struct completion *x) __KT_OF_COMPLETION(wait_for_completion_killable);
#if KT_SINCE(6, 1)
int wait_for_completion_state(struct completion *x, unsigned int state);
#endif
unsigned long wait_for_completion_timeout(struct completion *x, unsigned long timeout) __KT_OF_COMPLETION(wait_for_completion_timeout);
unsigned long wait_for_completion_io_timeout(struct completion *x, unsigned long timeout) __KT_OF_COMPLETION(wait_for_completion_io_timeout);
long wait_for_completion_interruptible_timeout(struct completion *x, unsigned long timeout) __KT_OF_COMPLETION(wait_for_completion_interruptible_timeout);
long wait_for_completion_killable_timeout(struct completion *x, unsigned long timeout) __KT_OF_COMPLETION(wait_for_completion_killable_timeout);
/*
 * Not a kernel's: declares that this task will complete it, until the second call revokes that. So
 * a cycle of waits through the completion can be reported.
 */
void kt_completion_due(struct completion *x, struct task_struct *task);
void kt_completion_not_due(struct completion *x);
#if KT_SINCE(3, 13)
void reinit_completion(struct completion *x) __asm__("kt_reinit_completion");
#else
void kt_reinit_completion(struct completion *x);
#endif
KT_END

/* Records the caller's place. */
#define wait_for_completion(...) wait_for_completion(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define wait_for_completion_io(...) wait_for_completion_io(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define wait_for_completion_interruptible(...) wait_for_completion_interruptible(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define wait_for_completion_killable(...) wait_for_completion_killable(__VA_OPT__(__kt_here(__VA_ARGS__)))
#if KT_SINCE(6, 1)
#define wait_for_completion_state(...) wait_for_completion_state(__VA_OPT__(__kt_here(__VA_ARGS__)))
#endif
#define wait_for_completion_timeout(...) wait_for_completion_timeout(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define wait_for_completion_io_timeout(...) wait_for_completion_io_timeout(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define wait_for_completion_interruptible_timeout(...) wait_for_completion_interruptible_timeout(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define wait_for_completion_killable_timeout(...) wait_for_completion_killable_timeout(__VA_OPT__(__kt_here(__VA_ARGS__)))

static inline void __init_completion(struct completion *x)
{
	kt_initialises(x, sizeof(*x), "init_completion");
	*x = (struct completion)COMPLETION_INITIALIZER(*x);
}

#define init_completion __init_completion
#define init_completion_map(x, map) __init_completion(x)
/* reinit_completion() before 3.13. */
#if !KT_SINCE(3, 13)
#define INIT_COMPLETION(x) kt_reinit_completion(&(x))
#endif

#endif

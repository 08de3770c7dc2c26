/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Waiting until something is done. */
#ifndef KT_CORE_LINUX_COMPLETION_H
#define KT_CORE_LINUX_COMPLETION_H

#include <kt/core/linux/sched.h>
#include <kt/core/linux/spinlock_types.h>
#include <kt/core/linux/swait.h>
#include <kt/core/linux/version.h>

struct completion {
	unsigned int done;
	struct swait_queue_head wait;
};

#define COMPLETION_INITIALIZER(name) { 0, { __RAW_SPIN_LOCK_UNLOCKED(0), { 0, 0 } } }
#define COMPLETION_INITIALIZER_ONSTACK(name) (*({ init_completion(&(name)); &(name); }))
#define DECLARE_COMPLETION(name) struct completion name = COMPLETION_INITIALIZER(name)
#define DECLARE_COMPLETION_ONSTACK(name) DECLARE_COMPLETION(name)
#define DECLARE_COMPLETION_ONSTACK_MAP(name, map) DECLARE_COMPLETION(name)

KT_BEGIN
void complete(struct completion *x);
void complete_all(struct completion *x);
bool completion_done(struct completion *x);
bool try_wait_for_completion(struct completion *x);
void wait_for_completion(struct completion *x);
void wait_for_completion_io(struct completion *x);
int wait_for_completion_interruptible(struct completion *x);
int wait_for_completion_killable(struct completion *x);
int wait_for_completion_state(struct completion *x, unsigned int state);
unsigned long wait_for_completion_timeout(struct completion *x, unsigned long timeout);
unsigned long wait_for_completion_io_timeout(struct completion *x, unsigned long timeout);
long wait_for_completion_interruptible_timeout(struct completion *x, unsigned long timeout);
long wait_for_completion_killable_timeout(struct completion *x, unsigned long timeout);
void reinit_completion(struct completion *x) __asm__("kt_reinit_completion");
KT_END

/* With the place that calls. */
#define wait_for_completion(...) wait_for_completion(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define wait_for_completion_io(...) wait_for_completion_io(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define wait_for_completion_interruptible(...) wait_for_completion_interruptible(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define wait_for_completion_killable(...) wait_for_completion_killable(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define wait_for_completion_state(...) wait_for_completion_state(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define wait_for_completion_timeout(...) wait_for_completion_timeout(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define wait_for_completion_io_timeout(...) wait_for_completion_io_timeout(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define wait_for_completion_interruptible_timeout(...) wait_for_completion_interruptible_timeout(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define wait_for_completion_killable_timeout(...) wait_for_completion_killable_timeout(__VA_OPT__(__kt_here(__VA_ARGS__)))

static inline void __init_completion(struct completion *x)
{
	*x = (struct completion)COMPLETION_INITIALIZER(*x);
}

#define init_completion __init_completion
#define init_completion_map(x, map) __init_completion(x)
/* Its name before 3.13. */
#define INIT_COMPLETION(x) reinit_completion(&(x))

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Mutexes of which a task takes several in any order: a task that would deadlock backs off. */
#ifndef KT_CORE_LINUX_WW_MUTEX_H
#define KT_CORE_LINUX_WW_MUTEX_H

#include <kt/core/linux/mutex.h>
#include <kt/core/linux/version.h>

/*
 * Gives out stamps for the locks that are taken together; `is_wait_die` chooses how conflicts are
 * resolved.
 */
struct ww_class {
	atomic_long_t stamp;
	unsigned int is_wait_die;
	struct lock_class_key acquire_key;
	struct lock_class_key mutex_key;
	const char *acquire_name;
	const char *mutex_name;
};

struct ww_mutex {
	struct mutex base;
	/* The context that holds it; NULL if it is held without one. */
	struct ww_acquire_ctx *ctx;
	struct ww_class *ww_class;
};

/* A transaction of a task. It must not move while it holds locks. */
struct ww_acquire_ctx {
	struct task_struct *task;
	unsigned long stamp;
	unsigned int acquired;
	unsigned int wounded;
	unsigned int is_wait_die;
	unsigned int done_acquire;
	struct ww_class *ww_class;
	void *contending_lock;
};

#define __WW_CLASS_INITIALIZER(name, wait_die) \
	{ ATOMIC_LONG_INIT(0), wait_die, { 0 }, { 0 }, #name "_acquire", #name "_mutex" }
#define __WW_MUTEX_INITIALIZER(name, class_of_it) { __MUTEX_INITIALIZER((name).base), 0, &(class_of_it) }
/* Wound/wait: the older context takes the locks away. */
#define DEFINE_WW_CLASS(name) struct ww_class name = __WW_CLASS_INITIALIZER(name, 0)
/* Wait/die: the younger context does not wait. */
#define DEFINE_WD_CLASS(name) struct ww_class name = __WW_CLASS_INITIALIZER(name, 1)
#define DEFINE_WW_MUTEX(name, class_of_it) struct ww_mutex name = __WW_MUTEX_INITIALIZER(name, class_of_it)

KT_BEGIN
/*
 * Returns 0, -EDEADLK (release all locks of the context, then lock this one by _slow), -EALREADY,
 * or -EINTR for a signal.
 */
int ww_mutex_lock(struct ww_mutex *lock, struct ww_acquire_ctx *ctx);
int ww_mutex_lock_interruptible(struct ww_mutex *lock, struct ww_acquire_ctx *ctx);
#if KT_SINCE(5, 18)
int ww_mutex_trylock(struct ww_mutex *lock, struct ww_acquire_ctx *ctx);
#else
int kt_ww_mutex_trylock(struct ww_mutex *lock, struct ww_acquire_ctx *ctx) __asm__("ww_mutex_trylock");
#endif
void ww_mutex_unlock(struct ww_mutex *lock);
void ww_mutex_lock_slow(struct ww_mutex *lock, struct ww_acquire_ctx *ctx) __asm__("kt_ww_mutex_lock_slow");
int ww_mutex_lock_slow_interruptible(struct ww_mutex *lock, struct ww_acquire_ctx *ctx)
	__asm__("kt_ww_mutex_lock_slow_interruptible");
void ww_acquire_init(struct ww_acquire_ctx *ctx, struct ww_class *class_of_it) __asm__("kt_ww_acquire_init");
void ww_acquire_done(struct ww_acquire_ctx *ctx) __asm__("kt_ww_acquire_done");
void ww_acquire_fini(struct ww_acquire_ctx *ctx) __asm__("kt_ww_acquire_fini");
KT_END

static inline void ww_mutex_init(struct ww_mutex *lock, struct ww_class *class_of_it)
{
	__mutex_init(&lock->base, "ww_mutex", 0);
	lock->ctx = NULL;
	lock->ww_class = class_of_it;
}

static inline bool ww_mutex_is_locked(struct ww_mutex *lock)
{
	return mutex_is_locked(&lock->base);
}

static inline void ww_mutex_destroy(struct ww_mutex *lock)
{
	mutex_destroy(&lock->base);
}

#if !KT_SINCE(5, 18)
static inline int kt_ww_mutex_try(struct ww_mutex *lock)
{
	return kt_ww_mutex_trylock(lock, NULL);
}
#define ww_mutex_trylock kt_ww_mutex_try
#endif

/* Records the caller's place. */
#define ww_mutex_lock(...) ww_mutex_lock(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define ww_mutex_lock_interruptible(...) ww_mutex_lock_interruptible(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define ww_mutex_lock_slow(...) ww_mutex_lock_slow(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define ww_mutex_lock_slow_interruptible(...) ww_mutex_lock_slow_interruptible(__VA_OPT__(__kt_here(__VA_ARGS__)))

#endif

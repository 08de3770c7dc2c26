/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Timers with a resolution of jiffies. */
#ifndef KT_CORE_LINUX_TIMER_H
#define KT_CORE_LINUX_TIMER_H

#include <kt/core/linux/container_of.h>
#include <kt/core/linux/jiffies.h>
#include <kt/core/linux/ktime.h>
#include <kt/core/linux/list.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>
#if __STDC_HOSTED__
/* Its timer_delete() is declared before there is a macro of that name. */
#include <time.h>
#endif

struct timer_list;
typedef void (*kt_timer_fn)(struct timer_list *timer);

/*
 * The other fields belong to the runtime (kthread-rt, src/timer/mod.rs). Before 4.15 a timer has,
 * after these fields, a function of another type and its argument.
 */
struct timer_list {
	struct hlist_node entry;
	unsigned long expires;
	unsigned int kt_place;
	unsigned int kt_tick;
#if KT_SINCE(4, 15)
	kt_timer_fn function;
#else
	kt_timer_fn kt_function;
#endif
	u32 flags;
	void *kt_base;
#if !KT_SINCE(4, 15)
	void (*function)(unsigned long data);
	unsigned long data;
#endif
};

#define TIMER_CPUMASK 0x0003ffff
#define TIMER_DEFERRABLE 0x00080000
#define TIMER_PINNED 0x00100000
#define TIMER_IRQSAFE 0x00200000

#if KT_SINCE(4, 15)
#define __KT_TIMER(f, flags) { { 0, 0 }, 0, 0, 0, (f), (flags), 0 }
#define __TIMER_INITIALIZER(f, flags) __KT_TIMER(f, flags)
#define DEFINE_TIMER(name, f) struct timer_list name = __KT_TIMER(f, 0)
#else
#define __KT_TIMER(f, flags) { { 0, 0 }, 0, 0, 0, (f), (flags), 0, 0, 0 }
#define __KT_TIMER_WITH_DATA(f, expires, data, flags) \
	{ { 0, 0 }, (expires), 0, 0, kt_timer_call_with_data, (flags), 0, (f), (data) }
#define TIMER_INITIALIZER(f, expires, data) __KT_TIMER_WITH_DATA(f, expires, data, 0)
#define TIMER_DEFERRED_INITIALIZER(f, expires, data) __KT_TIMER_WITH_DATA(f, expires, data, TIMER_DEFERRABLE)
#define TIMER_PINNED_INITIALIZER(f, expires, data) __KT_TIMER_WITH_DATA(f, expires, data, TIMER_PINNED)
#define DEFINE_TIMER(name, f, expires, data) struct timer_list name = TIMER_INITIALIZER(f, expires, data)
#endif

KT_BEGIN
void add_timer(struct timer_list *timer);
void add_timer_on(struct timer_list *timer, int cpu);
void add_timer_local(struct timer_list *timer);
void add_timer_global(struct timer_list *timer);
int mod_timer(struct timer_list *timer, unsigned long expires);
int mod_timer_pending(struct timer_list *timer, unsigned long expires);
#if KT_SINCE(4, 16)
int timer_reduce(struct timer_list *timer, unsigned long expires);
#endif
#if !KT_SINCE(6, 15)
int del_timer(struct timer_list *timer);
int del_timer_sync(struct timer_list *timer);
int try_to_del_timer_sync(struct timer_list *timer);
#endif
int kt_timer_delete(struct timer_list *timer);
#if KT_SINCE(6, 1)
int timer_delete_sync(struct timer_list *timer);
#endif
int timer_delete_sync_try(struct timer_list *timer);
int timer_shutdown(struct timer_list *timer);
#if KT_SINCE(6, 1)
int timer_shutdown_sync(struct timer_list *timer);
#endif
unsigned long round_jiffies(unsigned long j);
unsigned long round_jiffies_relative(unsigned long j);
unsigned long round_jiffies_up(unsigned long j);
unsigned long round_jiffies_up_relative(unsigned long j);
unsigned long __round_jiffies(unsigned long j, int cpu);
unsigned long __round_jiffies_relative(unsigned long j, int cpu);
unsigned long __round_jiffies_up(unsigned long j, int cpu);
unsigned long __round_jiffies_up_relative(unsigned long j, int cpu);
KT_END

/* libc has a function of this name. */
#if __STDC_HOSTED__
#define timer_delete kt_timer_delete
#else
KT_BEGIN
extern __typeof__(kt_timer_delete) timer_delete __asm__("kt_timer_delete");
KT_END
#endif
#if !KT_SINCE(6, 2)
#define del_singleshot_timer_sync del_timer_sync
#endif
#if !KT_SINCE(4, 8)
#define mod_timer_pinned mod_timer
#endif

static inline int timer_pending(const struct timer_list *timer)
{
	return __atomic_load_n(&timer->kt_place, __ATOMIC_RELAXED) != 0;
}

#if KT_SINCE(4, 15)
#define KT_TIMER_FUNCTION function
#define KT_TIMER_SETUP "timer_setup"
#else
#define KT_TIMER_FUNCTION kt_function
#define KT_TIMER_SETUP "setup_timer"
#endif

static inline void kt_timer_setup(struct timer_list *timer, kt_timer_fn function, u32 flags)
{
	kt_initialises(timer, sizeof(*timer), KT_TIMER_SETUP);
	timer->entry.next = 0;
	timer->entry.pprev = 0;
	/* `expires` is kept: some callers set it before. */
	timer->kt_place = 0;
	timer->kt_tick = 0;
	timer->KT_TIMER_FUNCTION = function;
	timer->flags = flags;
	timer->kt_base = 0;
}

/* Modules for older kernels define functions of these names. */
#if KT_SINCE(4, 14)
#define timer_setup(timer, callback, flags) kt_timer_setup(timer, callback, flags)
#define timer_setup_on_stack(timer, callback, flags) kt_timer_setup(timer, callback, flags)
#endif
#if KT_SINCE(6, 16)
#define timer_container_of(var, callback_timer, field) container_of(callback_timer, __typeof__(*var), field)
#elif KT_SINCE(4, 14)
#define from_timer(var, callback_timer, field) container_of(callback_timer, __typeof__(*var), field)
#endif

#if !KT_SINCE(4, 15)
static inline void kt_timer_call_with_data(struct timer_list *timer)
{
	timer->function(timer->data);
}

/* Fields that the caller sets, before or after this, are kept. */
static inline void kt_init_timer(struct timer_list *timer, u32 flags)
{
	timer->entry.next = 0;
	timer->entry.pprev = 0;
	timer->kt_place = 0;
	timer->kt_function = kt_timer_call_with_data;
	timer->flags = flags;
	timer->kt_base = 0;
}

static inline void kt_setup_timer(struct timer_list *timer, void (*function)(unsigned long), unsigned long data,
				  u32 flags)
{
	kt_init_timer(timer, flags);
	timer->function = function;
	timer->data = data;
}

#define init_timer(timer) kt_init_timer(timer, 0)
#define init_timer_on_stack(timer) kt_init_timer(timer, 0)
#define init_timer_deferrable(timer) kt_init_timer(timer, TIMER_DEFERRABLE)
#define init_timer_pinned(timer) kt_init_timer(timer, TIMER_PINNED)
#define setup_timer(timer, fn, data) kt_setup_timer(timer, fn, data, 0)
#define setup_timer_on_stack(timer, fn, data) kt_setup_timer(timer, fn, data, 0)
#define setup_deferrable_timer(timer, fn, data) kt_setup_timer(timer, fn, data, TIMER_DEFERRABLE)
#define setup_pinned_timer(timer, fn, data) kt_setup_timer(timer, fn, data, TIMER_PINNED)
#endif

struct lock_class_key;

/*
 * The function behind a kernel's macros that set a timer up. `name` and `key` are for lock
 * validation.
 */
#if KT_SINCE(4, 15)
static inline void init_timer_key(struct timer_list *timer, kt_timer_fn function, unsigned int flags, const char *name,
				  struct lock_class_key *key)
{
	(void)name, (void)key;
	kt_timer_setup(timer, function, flags);
}
#elif KT_SINCE(3, 7)
static inline void init_timer_key(struct timer_list *timer, unsigned int flags, const char *name,
				  struct lock_class_key *key)
{
	(void)name, (void)key;
	kt_init_timer(timer, flags);
}

#define __init_timer kt_init_timer
#define __setup_timer kt_setup_timer
#else
static inline void init_timer_key(struct timer_list *timer, const char *name, struct lock_class_key *key)
{
	(void)name, (void)key;
	kt_init_timer(timer, 0);
}

static inline void setup_timer_key(struct timer_list *timer, const char *name, struct lock_class_key *key,
				   void (*function)(unsigned long), unsigned long data)
{
	(void)name, (void)key;
	kt_setup_timer(timer, function, data, 0);
}

static inline void init_timer_deferrable_key(struct timer_list *timer, const char *name, struct lock_class_key *key)
{
	(void)name, (void)key;
	kt_init_timer(timer, TIMER_DEFERRABLE);
}
#define init_timer_on_stack_key init_timer_key
#define setup_timer_on_stack_key setup_timer_key
#endif

#if !KT_SINCE(4, 8)
/* The allowed slack. Timers here are never late on purpose. */
static inline void set_timer_slack(struct timer_list *timer, int jiffies_late)
{
	(void)timer, (void)jiffies_late;
}
#endif

static inline void destroy_timer_on_stack(struct timer_list *timer)
{
	(void)timer;
}

static inline void timer_destroy_on_stack(struct timer_list *timer)
{
	(void)timer;
}

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Workers: kernel threads that serve a queue of work items. The last part of linux/kthread.h. */
#ifndef KT_CORE_LINUX_KTHREAD_WORKER_H
#define KT_CORE_LINUX_KTHREAD_WORKER_H

#include <kt/core/linux/container_of.h>
#include <kt/core/linux/err.h>
#include <kt/core/linux/sched.h>
#include <kt/core/linux/spinlock_types.h>
#include <kt/core/linux/timer.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

struct kthread_work;
typedef void (*kthread_work_func_t)(struct kthread_work *work);

enum {
	KTW_FREEZABLE = 1 << 0,
};

struct kthread_worker {
	unsigned int flags;
	raw_spinlock_t lock;
	struct list_head work_list;
	struct list_head delayed_work_list;
	struct task_struct *task;
	struct kthread_work *current_work;
	unsigned long kt_state;
};

struct kthread_work {
	struct list_head node;
	kthread_work_func_t func;
	struct kthread_worker *worker;
	int canceling;
	u32 kt_place;
};

struct kthread_delayed_work {
	struct kthread_work work;
	struct timer_list timer;
};

#define KTHREAD_WORKER_INIT(worker) \
	{ 0, __RAW_SPIN_LOCK_UNLOCKED(worker), LIST_HEAD_INIT((worker).work_list), \
	  LIST_HEAD_INIT((worker).delayed_work_list), 0, 0, 0 }
#define KTHREAD_WORK_INIT(work, fn) { LIST_HEAD_INIT((work).node), (fn), 0, 0, 0 }
#define KTHREAD_DELAYED_WORK_INIT(dwork, fn) \
	{ KTHREAD_WORK_INIT((dwork).work, fn), __KT_TIMER(kthread_delayed_work_timer_fn, TIMER_IRQSAFE) }
#define DEFINE_KTHREAD_WORKER(worker) struct kthread_worker worker = KTHREAD_WORKER_INIT(worker)
#define DEFINE_KTHREAD_WORKER_ONSTACK(worker) DEFINE_KTHREAD_WORKER(worker)
#define DEFINE_KTHREAD_WORK(work, fn) struct kthread_work work = KTHREAD_WORK_INIT(work, fn)
#define DEFINE_KTHREAD_DELAYED_WORK(dwork, fn) \
	struct kthread_delayed_work dwork = KTHREAD_DELAYED_WORK_INIT(dwork, fn)

KT_BEGIN
void kthread_delayed_work_timer_fn(struct timer_list *timer);
int kthread_worker_fn(void *worker);
#if KT_SINCE(4, 9)
/* kthread_destroy_worker() frees what these return. */
struct kthread_worker *kthread_create_worker(unsigned int flags, const char *namefmt, ...) __printf(2, 3);
struct kthread_worker *kthread_create_worker_on_cpu(int cpu, unsigned int flags, const char *namefmt, ...)
	__printf(3, 4);
struct kthread_worker *kthread_create_worker_on_node(unsigned int flags, int node, const char *namefmt, ...)
	__printf(3, 4);
bool kthread_queue_work(struct kthread_worker *worker, struct kthread_work *work);
bool kthread_queue_delayed_work(struct kthread_worker *worker, struct kthread_delayed_work *dwork, unsigned long delay);
bool kthread_mod_delayed_work(struct kthread_worker *worker, struct kthread_delayed_work *dwork, unsigned long delay);
void kthread_flush_work(struct kthread_work *work);
void kthread_flush_worker(struct kthread_worker *worker);
bool kthread_cancel_work_sync(struct kthread_work *work);
bool kthread_cancel_delayed_work_sync(struct kthread_delayed_work *dwork);
void kthread_destroy_worker(struct kthread_worker *worker);
#else
/* The older names. */
bool queue_kthread_work(struct kthread_worker *worker, struct kthread_work *work) __asm__("kthread_queue_work");
void flush_kthread_work(struct kthread_work *work) __asm__("kthread_flush_work");
void flush_kthread_worker(struct kthread_worker *worker) __asm__("kthread_flush_worker");
#endif
KT_END

/* Since 6.14 a created worker does not run yet; here it runs and waits for its first work item. */
#if KT_SINCE(6, 14)
#define kthread_run_worker(flags, namefmt, ...) kthread_create_worker(flags, namefmt, ##__VA_ARGS__)
/* The name's %u stands for the cpu. */
#define kthread_create_worker_on_cpu(cpu, flags, namefmt) kthread_create_worker_on_cpu(cpu, flags, namefmt, cpu)
#define kthread_run_worker_on_cpu(cpu, flags, namefmt) kthread_create_worker_on_cpu(cpu, flags, namefmt)
#endif

static inline void kt_kthread_init_worker(struct kthread_worker *worker)
{
	struct kthread_worker made = KTHREAD_WORKER_INIT(*worker);

	*worker = made;
}

static inline void kt_kthread_init_work(struct kthread_work *work, kthread_work_func_t func)
{
	struct kthread_work made = KTHREAD_WORK_INIT(*work, func);

	kt_initialises(work, sizeof(*work), "kthread_init_work");
	*work = made;
}

static inline void kt_kthread_init_delayed_work(struct kthread_delayed_work *dwork, kthread_work_func_t func)
{
	struct kthread_delayed_work made = KTHREAD_DELAYED_WORK_INIT(*dwork, func);

	kt_initialises(dwork, sizeof(*dwork), "kthread_init_delayed_work");
	*dwork = made;
}

#if KT_SINCE(4, 9)
#define kthread_init_worker(worker) kt_kthread_init_worker(worker)
#define kthread_init_work(work, fn) kt_kthread_init_work(work, fn)
#define kthread_init_delayed_work(dwork, fn) kt_kthread_init_delayed_work(dwork, fn)

/* Records the caller's place. */
#define kthread_flush_work(...) kthread_flush_work(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define kthread_cancel_work_sync(...) kthread_cancel_work_sync(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define kthread_cancel_delayed_work_sync(...) kthread_cancel_delayed_work_sync(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define kthread_flush_worker(...) kthread_flush_worker(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define kthread_destroy_worker(...) kthread_destroy_worker(__VA_OPT__(__kt_here(__VA_ARGS__)))
#else
#define init_kthread_worker(worker) kt_kthread_init_worker(worker)
#define init_kthread_work(work, fn) kt_kthread_init_work(work, fn)
#define flush_kthread_work(...) flush_kthread_work(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define flush_kthread_worker(...) flush_kthread_worker(__VA_OPT__(__kt_here(__VA_ARGS__)))
#endif

#endif

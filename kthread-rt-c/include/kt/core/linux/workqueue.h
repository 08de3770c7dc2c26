/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Workqueues: kernel threads that run work items. */
#ifndef KT_CORE_LINUX_WORKQUEUE_H
#define KT_CORE_LINUX_WORKQUEUE_H

#include <kt/core/linux/container_of.h>
#include <kt/core/linux/cpumask.h>
#include <kt/core/linux/errno.h>
#include <kt/core/linux/list.h>
#include <kt/core/linux/preempt.h>
#include <kt/core/linux/rcupdate.h>
#include <kt/core/linux/sched.h>
#include <kt/core/linux/timer.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

struct work_struct;
struct delayed_work;
struct workqueue_struct;
typedef void (*work_func_t)(struct work_struct *work);

/*
 * The other fields belong to the runtime (kthread-rt, src/workqueue/work.rs). All zeroes means
 * idle.
 */
struct work_struct {
	struct list_head entry;
	work_func_t func;
	unsigned long kt_queued[3];
	atomic_long_t data; /* the bit WORK_STRUCT_PENDING_BIT, and others of the runtime's */
	u32 kt_lock;
};

struct delayed_work {
	struct work_struct work;
	union {
		struct timer_list timer;
		unsigned long kt_timer_and_target[9];
	};
};

enum {
	WORK_STRUCT_PENDING_BIT = 0,
	WORK_STRUCT_PENDING = 1 << WORK_STRUCT_PENDING_BIT,
	/* Further flags for readers of the word. Work items are never linked. */
#if KT_SINCE(5, 15)
	WORK_STRUCT_INACTIVE = 1 << 1,
#else
	WORK_STRUCT_DELAYED = 1 << 1,
#endif
	WORK_STRUCT_PWQ = 1 << 2,
	WORK_STRUCT_LINKED = 1 << 3,
	WORK_STRUCT_NO_POOL = 1 << 5,
	WORK_CPU_UNBOUND = 1024, /* NR_CPUS */
	WORK_BUSY_PENDING = 1 << 0,
	WORK_BUSY_RUNNING = 1 << 1,
	WORKER_DESC_LEN = 24,
};

enum {
#if KT_SINCE(6, 9)
	WQ_BH = 1 << 0,
#endif
#if !KT_SINCE(3, 16)
	WQ_NON_REENTRANT = 0,
#endif
	WQ_UNBOUND = 1 << 1,
	WQ_FREEZABLE = 1 << 2,
	WQ_MEM_RECLAIM = 1 << 3,
	WQ_HIGHPRI = 1 << 4,
	WQ_CPU_INTENSIVE = 1 << 5,
	WQ_SYSFS = 1 << 6,
#if KT_SINCE(3, 11)
	WQ_POWER_EFFICIENT = 1 << 7,
#endif
	WQ_PERCPU = 1 << 8,
	__WQ_ORDERED = 1 << 17,
	__WQ_LEGACY = 1 << 18,
	WQ_MAX_ACTIVE = 512,
	WQ_UNBOUND_MAX_ACTIVE = WQ_MAX_ACTIVE,
	WQ_DFL_ACTIVE = WQ_MAX_ACTIVE / 2,
};

#define WORK_DATA_INIT() { WORK_STRUCT_NO_POOL }
#define __KT_WORK(name, f) { LIST_HEAD_INIT((name).entry), (f), { 0, 0, 0 }, WORK_DATA_INIT(), 0 }
#define __KT_DELAYED_WORK(name, f, flags) { __KT_WORK((name).work, f), { __KT_TIMER(delayed_work_timer_fn, (flags) | TIMER_IRQSAFE) } }
#define __WORK_INITIALIZER(name, f) __KT_WORK(name, f)
#define __DELAYED_WORK_INITIALIZER(name, f, flags) __KT_DELAYED_WORK(name, f, flags)
#define DECLARE_WORK(name, f) struct work_struct name = __KT_WORK(name, f)
#define DECLARE_DELAYED_WORK(name, f) struct delayed_work name = __KT_DELAYED_WORK(name, f, 0)
#define DECLARE_DEFERRABLE_WORK(name, f) struct delayed_work name = __KT_DELAYED_WORK(name, f, TIMER_DEFERRABLE)

KT_BEGIN
void delayed_work_timer_fn(struct timer_list *timer);

/* Returns null on an error. destroy_workqueue() frees the queue. */
struct workqueue_struct *alloc_workqueue(const char *fmt, unsigned int flags, int max_active, ...) __printf(1, 4);
void destroy_workqueue(struct workqueue_struct *wq);
void flush_workqueue(struct workqueue_struct *wq);
void drain_workqueue(struct workqueue_struct *wq);
void workqueue_set_max_active(struct workqueue_struct *wq, int max_active);
bool workqueue_congested(int cpu, struct workqueue_struct *wq);
bool current_is_workqueue_rescuer(void);
struct work_struct *current_work(void);

bool kt_queue_work(struct workqueue_struct *wq, struct work_struct *work);
bool kt_schedule_work(struct work_struct *work);
bool kt_queue_delayed_work(struct workqueue_struct *wq, struct delayed_work *dwork, unsigned long delay);
bool kt_schedule_delayed_work(struct delayed_work *dwork, unsigned long delay);
bool queue_work_on(int cpu, struct workqueue_struct *wq, struct work_struct *work);
bool queue_delayed_work_on(int cpu, struct workqueue_struct *wq, struct delayed_work *dwork, unsigned long delay);
bool mod_delayed_work_on(int cpu, struct workqueue_struct *wq, struct delayed_work *dwork, unsigned long delay)
#if KT_SINCE(6, 10)
	/*
	 * For a work item that is being cancelled, this returns whether it was pending. Before
	 * 6.10, it returned true.
	 */
	__asm__("kt_mod_delayed_work_on_6_10")
#endif
	;

bool flush_work(struct work_struct *work);
bool flush_delayed_work(struct delayed_work *dwork);
bool cancel_work(struct work_struct *work);
bool cancel_work_sync(struct work_struct *work);
bool cancel_delayed_work(struct delayed_work *dwork);
bool cancel_delayed_work_sync(struct delayed_work *dwork);
bool disable_work(struct work_struct *work);
#if KT_SINCE(6, 10)
bool disable_work_sync(struct work_struct *work);
#endif
bool enable_work(struct work_struct *work);
bool disable_delayed_work(struct delayed_work *dwork);
bool disable_delayed_work_sync(struct delayed_work *dwork);
bool enable_delayed_work(struct delayed_work *dwork);
unsigned int work_busy(struct work_struct *work);

long work_on_cpu(int cpu, long (*fn)(void *arg), void *arg);
int schedule_on_each_cpu(work_func_t func);
KT_END

static inline void kt_init_work(struct work_struct *work, work_func_t func)
{
	struct work_struct made = __KT_WORK(*work, func);

	kt_initialises(work, sizeof(*work), "INIT_WORK");
	*work = made;
}

static inline void kt_init_delayed_work(struct delayed_work *dwork, work_func_t func, u32 flags)
{
	unsigned long expires = dwork->timer.expires;
	struct delayed_work made = __KT_DELAYED_WORK(*dwork, func, flags);

	kt_initialises(dwork, sizeof(*dwork), "INIT_DELAYED_WORK");
	/* As timer_setup(). */
	made.timer.expires = expires;
	*dwork = made;
}

#define INIT_WORK(work, func) kt_init_work(work, func)
#define INIT_WORK_ONSTACK(work, func) kt_init_work(work, func)
#define PREPARE_WORK(work, f) do { (work)->func = (f); } while (0)
#define INIT_DELAYED_WORK(dwork, func) kt_init_delayed_work(dwork, func, 0)
#define INIT_DELAYED_WORK_ONSTACK(dwork, func) kt_init_delayed_work(dwork, func, 0)
#define INIT_DEFERRABLE_WORK(dwork, func) kt_init_delayed_work(dwork, func, TIMER_DEFERRABLE)
#define INIT_DEFERRABLE_WORK_ONSTACK(dwork, func) kt_init_delayed_work(dwork, func, TIMER_DEFERRABLE)

static inline void destroy_work_on_stack(struct work_struct *work)
{
	(void)work;
}

static inline void destroy_delayed_work_on_stack(struct delayed_work *dwork)
{
	(void)dwork;
}

#define work_data_bits(work) ((unsigned long *)(&(work)->data))
/*
 * Before 6.10, a work item also counts as pending while a cancel of it waits: meanwhile the runtime
 * disables it, and counts that in this word.
 */
#if KT_SINCE(6, 10)
#define __KT_WORK_PENDING WORK_STRUCT_PENDING
#else
#define __KT_WORK_PENDING (WORK_STRUCT_PENDING | 0xffff0000L)
#endif
#define work_pending(work) ((bool)(__atomic_load_n(&(work)->data.counter, __ATOMIC_RELAXED) & __KT_WORK_PENDING))
#define delayed_work_pending(dwork) work_pending(&(dwork)->work)

static inline struct delayed_work *to_delayed_work(struct work_struct *work)
{
	return container_of(work, struct delayed_work, work);
}

#define alloc_ordered_workqueue(fmt, flags, ...) \
	alloc_workqueue(fmt, WQ_UNBOUND | __WQ_ORDERED | (flags), 1, ##__VA_ARGS__)
#define create_workqueue(name) alloc_workqueue("%s", __WQ_LEGACY | WQ_MEM_RECLAIM, 1, (name))
#define create_freezable_workqueue(name) \
	alloc_workqueue("%s", __WQ_LEGACY | WQ_FREEZABLE | WQ_UNBOUND | WQ_MEM_RECLAIM, 1, (name))
#define create_singlethread_workqueue(name) \
	alloc_ordered_workqueue("%s", __WQ_LEGACY | WQ_MEM_RECLAIM, (name))

/* The Kernel's own queues. Each is made at its first use. */
KT_BEGIN
extern struct workqueue_struct *system_wq, *system_highpri_wq, *system_long_wq, *system_unbound_wq;
extern struct workqueue_struct *system_freezable_wq, *system_power_efficient_wq, *system_freezable_power_efficient_wq;
extern struct workqueue_struct *system_bh_wq, *system_bh_highpri_wq;
KT_END

/* Their names since 6.17. */
#define system_percpu_wq system_wq
#define system_dfl_wq system_unbound_wq

static inline bool queue_work(struct workqueue_struct *wq, struct work_struct *work)
{
	return kt_queue_work(wq, work);
}

static inline bool queue_work_node(int node, struct workqueue_struct *wq, struct work_struct *work)
{
	(void)node;
	return kt_queue_work(wq, work);
}

static inline bool queue_delayed_work(struct workqueue_struct *wq, struct delayed_work *dwork, unsigned long delay)
{
	return kt_queue_delayed_work(wq, dwork, delay);
}

static inline bool mod_delayed_work(struct workqueue_struct *wq, struct delayed_work *dwork, unsigned long delay)
{
	return mod_delayed_work_on(WORK_CPU_UNBOUND, wq, dwork, delay);
}

static inline bool schedule_work(struct work_struct *work)
{
	return kt_schedule_work(work);
}

static inline bool schedule_work_on(int cpu, struct work_struct *work)
{
	return queue_work_on(cpu, system_wq, work);
}

static inline bool schedule_delayed_work(struct delayed_work *dwork, unsigned long delay)
{
	return kt_schedule_delayed_work(dwork, delay);
}

static inline bool schedule_delayed_work_on(int cpu, struct delayed_work *dwork, unsigned long delay)
{
	return queue_delayed_work_on(cpu, system_wq, dwork, delay);
}

static inline void flush_scheduled_work(void)
{
	flush_workqueue(system_wq);
}

static inline bool enable_and_queue_work(struct workqueue_struct *wq, struct work_struct *work)
{
	return enable_work(work) && (kt_queue_work(wq, work), true);
}

/* A work item that is queued after a grace period. It is pending from the call on. */
struct rcu_work {
	struct work_struct work;
	struct rcu_head rcu;
	struct workqueue_struct *wq;
};

#define INIT_RCU_WORK(rwork, func) INIT_WORK(&(rwork)->work, func)
#define INIT_RCU_WORK_ONSTACK(rwork, func) INIT_RCU_WORK(rwork, func)

KT_BEGIN
bool kt_await_grace_period(struct work_struct *work);
void kt_queue_awaited(struct workqueue_struct *wq, struct work_struct *work);
KT_END

static inline struct rcu_work *to_rcu_work(struct work_struct *work)
{
	return container_of(work, struct rcu_work, work);
}

static inline void kt_rcu_work_fn(struct rcu_head *rcu)
{
	struct rcu_work *rwork = container_of(rcu, struct rcu_work, rcu);

	kt_queue_awaited(rwork->wq, &rwork->work);
}

/* Returns false if it is queued already or waits for a grace period. */
#if KT_SINCE(4, 17)
static inline bool queue_rcu_work(struct workqueue_struct *wq, struct rcu_work *rwork)
{
	if (!kt_await_grace_period(&rwork->work))
		return false;
	rwork->wq = wq;
	kt_call_rcu(&rwork->rcu, kt_rcu_work_fn);
	return true;
}
#endif

/* Returns true if there was something to wait for. */
static inline bool flush_rcu_work(struct rcu_work *rwork)
{
	bool waits = work_pending(&rwork->work);

	if (waits)
		rcu_barrier();
	return flush_work(&rwork->work) || waits;
}

enum wq_affn_scope {
	WQ_AFFN_DFL,
	WQ_AFFN_CPU,
	WQ_AFFN_SMT,
	WQ_AFFN_CACHE,
	WQ_AFFN_NUMA,
	WQ_AFFN_SYSTEM,
	WQ_AFFN_NR_TYPES,
};

/* The attributes of an unbound queue's workers. They are accepted, but have no effect. */
struct workqueue_attrs {
	int nice;
	cpumask_var_t cpumask;
	bool no_numa; /* before 6.5 */
	bool affn_strict;
	enum wq_affn_scope affn_scope;
	bool ordered;
};

KT_BEGIN
void *__kmalloc(size_t size, gfp_t flags);
void kfree(const void *block);
KT_END

static inline struct workqueue_attrs *kt_alloc_workqueue_attrs(void)
{
	struct workqueue_attrs *attrs = (struct workqueue_attrs *)__kmalloc(sizeof(*attrs), 0);

	if (attrs) {
		__builtin_memset(attrs, 0, sizeof(*attrs));
		cpumask_copy(attrs->cpumask, cpu_possible_mask);
	}
	return attrs;
}

static inline void free_workqueue_attrs(struct workqueue_attrs *attrs)
{
	kfree(attrs);
}

static inline int apply_workqueue_attrs(struct workqueue_struct *wq, const struct workqueue_attrs *attrs)
{
	return wq && attrs ? 0 : -EINVAL;
}

#if KT_SINCE(5, 3)
static inline struct workqueue_attrs *alloc_workqueue_attrs(void)
{
	return kt_alloc_workqueue_attrs();
}
#else
static inline struct workqueue_attrs *alloc_workqueue_attrs(gfp_t flags)
{
	(void)flags;
	return kt_alloc_workqueue_attrs();
}
#endif

#define work_on_cpu_safe(cpu, fn, arg) work_on_cpu(cpu, fn, arg)

/* A worker's description in the kernel's stack dumps. */
static inline void __printf(1, 2) set_worker_desc(const char *fmt, ...)
{
	(void)fmt;
}

/* Memory for execute_in_process_context(). */
struct execute_work {
	struct work_struct work;
};

/* Calls it now and returns 0; in interrupt context, queues it to a worker and returns 1. */
static inline int execute_in_process_context(work_func_t fn, struct execute_work *ew)
{
	if (!in_interrupt()) {
		fn(&ew->work);
		return 0;
	}
	kt_init_work(&ew->work, fn);
	kt_schedule_work(&ew->work);
	return 1;
}

/* Records the caller's place. */
#define destroy_workqueue(...) destroy_workqueue(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define flush_workqueue(...) flush_workqueue(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define drain_workqueue(...) drain_workqueue(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define flush_work(...) flush_work(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define cancel_work_sync(...) cancel_work_sync(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define flush_delayed_work(...) flush_delayed_work(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define cancel_delayed_work_sync(...) cancel_delayed_work_sync(__VA_OPT__(__kt_here(__VA_ARGS__)))

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Tasklets; and interrupts, of which there are none. */
#ifndef KT_CORE_LINUX_INTERRUPT_H
#define KT_CORE_LINUX_INTERRUPT_H

#include <kt/core/linux/bottom_half.h>
#include <kt/core/linux/cleanup.h>
#include <kt/core/linux/container_of.h>
#include <kt/core/linux/cpumask.h>
#include <kt/core/linux/errno.h>
#include <kt/core/linux/hardirq.h>
#include <kt/core/linux/hrtimer.h>
#include <kt/core/linux/irqflags.h>
#include <kt/core/linux/irqreturn.h>
#include <kt/core/linux/kernel.h>
#include <kt/core/linux/kref.h>
#include <kt/core/linux/sched.h>
#include <kt/core/linux/spinlock.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>
#include <kt/core/linux/workqueue.h>

enum {
	TASKLET_STATE_SCHED,
	TASKLET_STATE_RUN, /* never set here: the runtime keeps it elsewhere */
};

/*
 * The kernel's fields in the kernel's order; the others belong to the runtime (kthread-rt,
 * src/tasklet/mod.rs). With `use_callback`, `callback` is called with the tasklet, else `func` with
 * `data`. Unnamed fields have to be zero.
 */
struct tasklet_struct {
	struct tasklet_struct *next; /* while it is scheduled */
	unsigned long : 64;
	unsigned long state; /* the bit TASKLET_STATE_SCHED, and others of the runtime's */
	atomic_t count;      /* how often it is disabled */
#if KT_SINCE(5, 9)
	bool use_callback;
	union {
		void (*func)(unsigned long data);
		void (*callback)(struct tasklet_struct *t);
	};
#else
	unsigned int : 32;
	void (*func)(unsigned long data);
#endif
	unsigned long data;
	void *kt_base;
};

#define __KT_TASKLET_OLD(f, data, count) { 0, 0, { (count) }, __KT_TASKLET_FUNC(f), data, 0 }
#if KT_SINCE(5, 9)
#define __KT_TASKLET_FUNC(f) false, { f }
#define __KT_TASKLET(f, count_) { .count = { (count_) }, .use_callback = true, { .callback = (f) } }
#define DECLARE_TASKLET(name, callback) struct tasklet_struct name = __KT_TASKLET(callback, 0)
#define DECLARE_TASKLET_DISABLED(name, callback) struct tasklet_struct name = __KT_TASKLET(callback, 1)
#else
#define __KT_TASKLET_FUNC(f) f
#define DECLARE_TASKLET(name, f, data) struct tasklet_struct name = __KT_TASKLET_OLD(f, data, 0)
#define DECLARE_TASKLET_DISABLED(name, f, data) struct tasklet_struct name = __KT_TASKLET_OLD(f, data, 1)
#endif
#if KT_SINCE(5, 9)
#define DECLARE_TASKLET_OLD(name, f) struct tasklet_struct name = __KT_TASKLET_OLD(f, 0, 0)
#endif
#define DECLARE_TASKLET_DISABLED_OLD(name, f) struct tasklet_struct name = __KT_TASKLET_OLD(f, 0, 1)
#if KT_SINCE(5, 9)
#define from_tasklet(var, callback_tasklet, field) container_of(callback_tasklet, __typeof__(*var), field)
#endif

KT_BEGIN
void kt_tasklet_schedule(struct tasklet_struct *t);
void kt_tasklet_hi_schedule(struct tasklet_struct *t);
void kt_tasklet_disable(struct tasklet_struct *t);
void kt_tasklet_disable_nosync(struct tasklet_struct *t);
void kt_tasklet_disable_in_atomic(struct tasklet_struct *t);
void kt_tasklet_enable(struct tasklet_struct *t);
void tasklet_unlock_wait(struct tasklet_struct *t);
void tasklet_kill(struct tasklet_struct *t);
KT_END

#if KT_SINCE(5, 9)
static inline void tasklet_setup(struct tasklet_struct *t, void (*callback)(struct tasklet_struct *))
{
	kt_initialises(t, sizeof(*t), "tasklet_setup");
	__builtin_memset(t, 0, sizeof(*t));
	t->use_callback = true;
	t->callback = callback;
}
#endif

static inline void tasklet_init(struct tasklet_struct *t, void (*func)(unsigned long), unsigned long data)
{
	kt_initialises(t, sizeof(*t), "tasklet_init");
	__builtin_memset(t, 0, sizeof(*t));
	t->func = func;
	t->data = data;
}

static inline void tasklet_schedule(struct tasklet_struct *t)
{
	kt_tasklet_schedule(t);
}

static inline void tasklet_hi_schedule(struct tasklet_struct *t)
{
	kt_tasklet_hi_schedule(t);
}

static inline void tasklet_hi_schedule_first(struct tasklet_struct *t)
{
	kt_tasklet_hi_schedule(t);
}

/* For a caller that has set the bit TASKLET_STATE_SCHED itself. */
static inline void __tasklet_schedule(struct tasklet_struct *t)
{
	__atomic_fetch_and(&t->state, ~(1UL << TASKLET_STATE_SCHED), __ATOMIC_SEQ_CST);
	kt_tasklet_schedule(t);
}

static inline void __tasklet_hi_schedule(struct tasklet_struct *t)
{
	__atomic_fetch_and(&t->state, ~(1UL << TASKLET_STATE_SCHED), __ATOMIC_SEQ_CST);
	kt_tasklet_hi_schedule(t);
}

static inline void tasklet_disable(struct tasklet_struct *t)
{
	kt_tasklet_disable(t);
}

static inline void tasklet_disable_nosync(struct tasklet_struct *t)
{
	kt_tasklet_disable_nosync(t);
}

#if KT_SINCE(5, 13)
static inline void tasklet_disable_in_atomic(struct tasklet_struct *t)
{
	kt_tasklet_disable_in_atomic(t);
}
#endif

static inline void tasklet_enable(struct tasklet_struct *t)
{
	kt_tasklet_enable(t);
}

#if !KT_SINCE(3, 14)
#define tasklet_hi_enable tasklet_enable
#endif

enum {
	HI_SOFTIRQ,
	TIMER_SOFTIRQ,
	NET_TX_SOFTIRQ,
	NET_RX_SOFTIRQ,
	BLOCK_SOFTIRQ,
	IRQ_POLL_SOFTIRQ,
	TASKLET_SOFTIRQ,
	SCHED_SOFTIRQ,
	HRTIMER_SOFTIRQ,
	RCU_SOFTIRQ,
	NR_SOFTIRQS,
};

#define IRQF_TRIGGER_NONE 0x00000000
#define IRQF_TRIGGER_RISING 0x00000001
#define IRQF_TRIGGER_FALLING 0x00000002
#define IRQF_TRIGGER_HIGH 0x00000004
#define IRQF_TRIGGER_LOW 0x00000008
#if !KT_SINCE(4, 1)
#define IRQF_DISABLED 0x00000020
#endif
#if !KT_SINCE(3, 6)
#define IRQF_SAMPLE_RANDOM 0x00000040
#endif
#define IRQF_SHARED 0x00000080
#define IRQF_PROBE_SHARED 0x00000100
#define __IRQF_TIMER 0x00000200
#define IRQF_PERCPU 0x00000400
#define IRQF_NOBALANCING 0x00000800
#define IRQF_IRQPOLL 0x00001000
#define IRQF_ONESHOT 0x00002000
#define IRQF_NO_SUSPEND 0x00004000
#define IRQF_FORCE_RESUME 0x00008000
#define IRQF_NO_THREAD 0x00010000
#define IRQF_EARLY_RESUME 0x00020000
#define IRQF_COND_SUSPEND 0x00040000
#define IRQF_NO_AUTOEN 0x00080000
#define IRQF_TIMER (__IRQF_TIMER | IRQF_NO_SUSPEND | IRQF_NO_THREAD)

typedef irqreturn_t (*irq_handler_t)(int irq, void *dev_id);
struct device;
struct task_struct;

/* A kernel's data about a handler. */
struct irqaction {
	irq_handler_t handler;
	void *dev_id;
	struct irqaction *next;
	irq_handler_t thread_fn;
	struct task_struct *thread;
	unsigned int irq;
	unsigned int flags;
	const char *name;
};

/* There are no interrupts to request. */
static inline int request_threaded_irq(unsigned int irq, irq_handler_t handler, irq_handler_t thread_fn,
				       unsigned long flags, const char *name, void *dev)
{
	(void)irq, (void)handler, (void)thread_fn, (void)flags, (void)name, (void)dev;
	return -ENODEV;
}

static inline int request_irq(unsigned int irq, irq_handler_t handler, unsigned long flags, const char *name, void *dev)
{
	return request_threaded_irq(irq, handler, 0, flags, name, dev);
}

static inline int request_any_context_irq(unsigned int irq, irq_handler_t handler, unsigned long flags,
					  const char *name, void *dev)
{
	return request_threaded_irq(irq, handler, 0, flags, name, dev);
}

static inline int devm_request_irq(struct device *owner, unsigned int irq, irq_handler_t handler, unsigned long flags,
				   const char *name, void *dev)
{
	(void)owner;
	return request_threaded_irq(irq, handler, 0, flags, name, dev);
}

static inline int devm_request_threaded_irq(struct device *owner, unsigned int irq, irq_handler_t handler,
					    irq_handler_t thread_fn, unsigned long flags, const char *name, void *dev)
{
	(void)owner;
	return request_threaded_irq(irq, handler, thread_fn, flags, name, dev);
}

static inline const void *free_irq(unsigned int irq, void *dev)
{
	(void)irq, (void)dev;
	return 0;
}

static inline void enable_irq(unsigned int irq)
{
	(void)irq;
}

static inline void disable_irq(unsigned int irq)
{
	(void)irq;
}

static inline void disable_irq_nosync(unsigned int irq)
{
	(void)irq;
}

/* There are none. */
#define local_softirq_pending() 0

static inline void devm_free_irq(struct device *owner, unsigned int irq, void *dev)
{
	(void)owner, (void)irq, (void)dev;
}

static inline bool disable_hardirq(unsigned int irq)
{
	(void)irq;
	return true;
}

static inline int irq_set_irq_wake(unsigned int irq, unsigned int on)
{
	(void)irq, (void)on;
	return -ENXIO;
}

static inline int enable_irq_wake(unsigned int irq)
{
	return irq_set_irq_wake(irq, 1);
}

static inline int disable_irq_wake(unsigned int irq)
{
	return irq_set_irq_wake(irq, 0);
}

static inline int irq_set_affinity(unsigned int irq, const struct cpumask *cpus)
{
	(void)irq, (void)cpus;
	return -EINVAL;
}

static inline int irq_set_affinity_hint(unsigned int irq, const struct cpumask *cpus)
{
	(void)irq, (void)cpus;
	return -EINVAL;
}

static inline int irq_can_set_affinity(unsigned int irq)
{
	(void)irq;
	return 0;
}
DEFINE_LOCK_GUARD_1(disable_irq, int, disable_irq((unsigned int)*_T->lock), enable_irq((unsigned int)*_T->lock))

#endif

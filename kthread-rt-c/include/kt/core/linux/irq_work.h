/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Callbacks in interrupt context. */
#ifndef KT_CORE_LINUX_IRQ_WORK_H
#define KT_CORE_LINUX_IRQ_WORK_H

#include <kt/core/linux/types.h>

/* The other fields belong to the runtime (kthread-rt, src/irq_work/mod.rs). */
struct irq_work {
	struct list_head kt_node;
	bool kt_pending;
	bool kt_hard;
	unsigned int kt_zero;
	void (*func)(struct irq_work *work);
	void *kt_base;
};

#define __KT_IRQ_WORK(f, hard) { { 0, 0 }, 0, (hard), 0, (f), 0 }
#define DEFINE_IRQ_WORK(name, f) struct irq_work name = __KT_IRQ_WORK(f, 0)
#ifndef __cplusplus
#define IRQ_WORK_INIT(f) (struct irq_work)__KT_IRQ_WORK(f, 0)
#define IRQ_WORK_INIT_LAZY(f) IRQ_WORK_INIT(f)
#define IRQ_WORK_INIT_HARD(f) (struct irq_work)__KT_IRQ_WORK(f, 1)
#endif

KT_BEGIN
bool irq_work_queue(struct irq_work *work);
bool irq_work_queue_on(struct irq_work *work, int cpu);
void irq_work_sync(struct irq_work *work);
bool kt_irq_work_is_pending(struct irq_work *work);
bool kt_irq_work_is_busy(struct irq_work *work);
KT_END

static inline void init_irq_work(struct irq_work *work, void (*func)(struct irq_work *))
{
	struct irq_work made = __KT_IRQ_WORK(func, 0);

	kt_initialises(work, sizeof(*work), "init_irq_work");
	*work = made;
}

static inline bool irq_work_is_pending(struct irq_work *work)
{
	return kt_irq_work_is_pending(work);
}

static inline bool irq_work_is_busy(struct irq_work *work)
{
	return kt_irq_work_is_busy(work);
}

/* True if it runs in interrupt context with PREEMPT_RT, too. Here all do. */
static inline bool irq_work_is_hard(struct irq_work *work)
{
	return work->kt_hard;
}

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The caller's context, and whether it may sleep. */
#ifndef KT_CORE_LINUX_PREEMPT_H
#define KT_CORE_LINUX_PREEMPT_H

#include <kt/core/asm/current.h>
#include <kt/core/linux/cleanup.h>
#include <kt/core/linux/compiler.h>
#include <kt/core/linux/irqflags.h>
#include <kt/core/linux/version.h>

KT_BEGIN
void kt_preempt_disable(void);
void kt_preempt_enable(void);
/*
 * A section in which a task may be preempted and sleep, but has to stay on its cpu. Sections nest.
 */
void migrate_disable(void) __asm__("kt_migrate_disable");
void migrate_enable(void) __asm__("kt_migrate_enable");
void local_bh_disable(void) __asm__("kt_local_bh_disable");
void local_bh_enable(void) __asm__("kt_local_bh_enable");
int preempt_count(void) __asm__("kt_preempt_count");
KT_END

/*
 * The parts of preempt_count(). Callbacks of timers and tasklets run in softirq context, those of
 * hrtimers and irq_works in hardirq context.
 */
#define PREEMPT_BITS 8
#define SOFTIRQ_BITS 8
#define HARDIRQ_BITS 4
#define NMI_BITS 4
#define PREEMPT_SHIFT 0
#define SOFTIRQ_SHIFT (PREEMPT_SHIFT + PREEMPT_BITS)
#define HARDIRQ_SHIFT (SOFTIRQ_SHIFT + SOFTIRQ_BITS)
#define NMI_SHIFT (HARDIRQ_SHIFT + HARDIRQ_BITS)
#define PREEMPT_MASK 0x000000ffUL
#define SOFTIRQ_MASK 0x0000ff00UL
#define HARDIRQ_MASK 0x000f0000UL
#define NMI_MASK 0x00f00000UL
#define PREEMPT_OFFSET (1UL << PREEMPT_SHIFT)
#define SOFTIRQ_OFFSET (1UL << SOFTIRQ_SHIFT)
#define HARDIRQ_OFFSET (1UL << HARDIRQ_SHIFT)
#define NMI_OFFSET (1UL << NMI_SHIFT)
#define SOFTIRQ_DISABLE_OFFSET (2 * SOFTIRQ_OFFSET)
#define PREEMPT_ENABLED 0
#define PREEMPT_DISABLE_OFFSET PREEMPT_OFFSET

#define preempt_disable() kt_preempt_disable()
#define preempt_enable() kt_preempt_enable()
#define preempt_enable_no_resched kt_preempt_enable
#define preempt_disable_notrace() kt_preempt_disable()
#define preempt_enable_notrace() kt_preempt_enable()

static inline void preempt_check_resched(void)
{
}

#define preemptible() (preempt_count() == 0 && !irqs_disabled())

static inline bool test_preempt_need_resched(void)
{
	return 0;
}

static inline bool need_resched(void)
{
	return 0;
}

/* Adds any number. */
static inline void preempt_count_add(int n)
{
	while (n-- > 0)
		kt_preempt_disable();
}

static inline void preempt_count_sub(int n)
{
	while (n-- > 0)
		kt_preempt_enable();
}

static inline void preempt_count_inc(void)
{
	kt_preempt_disable();
}

static inline void preempt_count_dec(void)
{
	kt_preempt_enable();
}
#if !KT_SINCE(3, 15)
#define add_preempt_count preempt_count_add
#define sub_preempt_count preempt_count_sub
#endif

#define nmi_count() (preempt_count() & NMI_MASK)
#define hardirq_count() (preempt_count() & HARDIRQ_MASK)
#define softirq_count() (preempt_count() & SOFTIRQ_MASK)
#define irq_count() (preempt_count() & (NMI_MASK | HARDIRQ_MASK | SOFTIRQ_MASK))

#define in_nmi() (nmi_count())
#if KT_SINCE(5, 11)
#define in_hardirq() (hardirq_count())
#endif
#define in_serving_softirq() (softirq_count() & SOFTIRQ_OFFSET)
#define in_task() (!(preempt_count() & (NMI_MASK | HARDIRQ_MASK | SOFTIRQ_OFFSET)))
#define in_irq() (hardirq_count())
#define in_softirq() (softirq_count())
#define in_interrupt() (irq_count())
#define in_atomic() (preempt_count() != 0)
#define in_atomic_preempt_off() in_atomic()

DEFINE_LOCK_GUARD_0(preempt, preempt_disable(), preempt_enable())
DEFINE_LOCK_GUARD_0(preempt_notrace, preempt_disable_notrace(), preempt_enable_notrace())
DEFINE_LOCK_GUARD_0(migrate, migrate_disable(), migrate_enable())

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Interrupts, of which there are none: what is off is only remembered, for each thread. */
#ifndef KT_CORE_LINUX_IRQFLAGS_H
#define KT_CORE_LINUX_IRQFLAGS_H

#include <kt/core/linux/compiler.h>
#include <kt/core/linux/types.h>

KT_BEGIN
/* Sets whether they are on; says whether they were, as the flags of x86 do (0x200). */
unsigned long kt_irq_set(unsigned long flags);
unsigned long kt_irq_flags(void);
KT_END

#define X86_EFLAGS_IF 0x200UL

#define local_irq_disable() ((void)kt_irq_set(0))
#define local_irq_enable() ((void)kt_irq_set(X86_EFLAGS_IF))
#define local_irq_save(flags) ((void)((flags) = kt_irq_set(0)))
#define local_irq_restore(flags) ((void)kt_irq_set(flags))
#define local_save_flags(flags) ((void)((flags) = kt_irq_flags()))
#define raw_local_irq_disable() local_irq_disable()
#define raw_local_irq_enable() local_irq_enable()
#define raw_local_irq_save(flags) local_irq_save(flags)
#define raw_local_irq_restore(flags) local_irq_restore(flags)
#define irqs_disabled_flags(flags) (!((flags) & X86_EFLAGS_IF))
#define raw_irqs_disabled_flags(flags) irqs_disabled_flags(flags)
#define irqs_disabled() irqs_disabled_flags(kt_irq_flags())
#define raw_irqs_disabled() irqs_disabled()

static inline void lockdep_hardirqs_on(unsigned long ip)
{
	(void)ip;
}

static inline void lockdep_hardirqs_off(unsigned long ip)
{
	(void)ip;
}

#define trace_hardirqs_on() do { } while (0)
#define trace_hardirqs_off() do { } while (0)

#endif

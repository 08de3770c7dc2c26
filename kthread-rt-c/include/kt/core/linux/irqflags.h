/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Interrupts. There are none: only a flag per thread says whether they are off. */
#ifndef KT_CORE_LINUX_IRQFLAGS_H
#define KT_CORE_LINUX_IRQFLAGS_H

#include <kt/core/linux/cleanup.h>
#include <kt/core/linux/compiler.h>
#include <kt/core/linux/types.h>

KT_BEGIN
/* Enables or disables interrupts. Returns the old state in x86's flag (0x200). */
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

DEFINE_LOCK_GUARD_0(irq, local_irq_disable(), local_irq_enable())
DEFINE_LOCK_GUARD_0(irqsave, local_irq_save(_T->flags), local_irq_restore(_T->flags), unsigned long flags)

#endif

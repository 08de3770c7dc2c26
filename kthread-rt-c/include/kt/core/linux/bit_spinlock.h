/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* One-bit locks. A waiter yields the cpu, since the holder is not known. */
#ifndef KT_CORE_LINUX_BIT_SPINLOCK_H
#define KT_CORE_LINUX_BIT_SPINLOCK_H

#include <kt/core/asm/processor.h>
#include <kt/core/linux/bitops.h>
#include <kt/core/linux/bug.h>
#include <kt/core/linux/preempt.h>
#include <kt/core/linux/types.h>

KT_BEGIN
void kt_bit_spin_wait(int bit, unsigned long *word);
KT_END

static inline int bit_spin_trylock(int bit, unsigned long *word)
{
	preempt_disable();
	if (!test_and_set_bit_lock(bit, word))
		return 1;
	preempt_enable();
	return 0;
}

static inline void bit_spin_lock(int bit, unsigned long *word)
{
	while (!bit_spin_trylock(bit, word))
		kt_bit_spin_wait(bit, word);
}

static inline void bit_spin_unlock(int bit, unsigned long *word)
{
	BUG_ON(!test_bit(bit, word));
	clear_bit_unlock(bit, word);
	preempt_enable();
}

/* For a word whose other bits only the holder changes. */
static inline void __bit_spin_unlock(int bit, unsigned long *word)
{
	BUG_ON(!test_bit(bit, word));
	clear_bit_unlock(bit, word);
	preempt_enable();
}

static inline int bit_spin_is_locked(int bit, unsigned long *word)
{
	return test_bit(bit, word);
}

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A bit of a word as a spinlock. */
#ifndef KT_CORE_LINUX_BIT_SPINLOCK_H
#define KT_CORE_LINUX_BIT_SPINLOCK_H

#include <kt/core/asm/processor.h>
#include <kt/core/linux/bitops.h>
#include <kt/core/linux/preempt.h>

static inline void bit_spin_lock(int bit, unsigned long *word)
{
	preempt_disable();
	while (test_and_set_bit_lock(bit, word))
		while (test_bit(bit, word))
			cpu_relax();
}

static inline int bit_spin_trylock(int bit, unsigned long *word)
{
	preempt_disable();
	if (!test_and_set_bit_lock(bit, word))
		return 1;
	preempt_enable();
	return 0;
}

static inline void bit_spin_unlock(int bit, unsigned long *word)
{
	clear_bit_unlock(bit, word);
	preempt_enable();
}
#define __bit_spin_unlock bit_spin_unlock

static inline int bit_spin_is_locked(int bit, unsigned long *word)
{
	return test_bit(bit, word);
}

#endif

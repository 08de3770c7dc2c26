/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * linux/bit_spinlock.h: the wait for a one-bit lock. The user's word has no room for a futex, so
 * the wait yields the cpu.
 */
#include <kt/core/linux/bit_spinlock.h>

/* Declared by the C library. */
int sched_yield(void);

void kt_bit_spin_wait(int bit, unsigned long *word)
{
	for (int i = 0; i < 100 && test_bit(bit, word); i++)
		cpu_relax();
	if (test_bit(bit, word))
		sched_yield();
}

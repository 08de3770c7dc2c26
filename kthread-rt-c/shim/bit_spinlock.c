/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* linux/bit_spinlock.h: the wait for a lock of one bit. A futex has no bit to itself in the user's word, so the cpu is given to others. */
#include <kt/core/linux/bit_spinlock.h>

/* The C library's. */
int sched_yield(void);

void kt_bit_spin_wait(int bit, unsigned long *word)
{
	for (int i = 0; i < 100 && test_bit(bit, word); i++)
		cpu_relax();
	if (test_bit(bit, word))
		sched_yield();
}

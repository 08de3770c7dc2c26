// SPDX-License-Identifier: MIT OR Apache-2.0
/* Locks that are a bit of a word. */
#include "ask.h"
#include <linux/bit_spinlock.h>

CASE(states, "bit_spin_lock bit_spin_trylock bit_spin_unlock __bit_spin_unlock bit_spin_is_locked")
{
	unsigned long word = 0xf0;
	int got, again, other, count;

	answer("free=%d", bit_spin_is_locked(2, &word));
	bit_spin_lock(2, &word);
	count = preempt_count();
	again = bit_spin_trylock(2, &word);
	other = bit_spin_trylock(0, &word);
	answer("locked=%d again=%d other=%d word=0x%lx preempt_count=%d then=%d", bit_spin_is_locked(2, &word), again, other, word,
	       count, preempt_count());
	bit_spin_unlock(0, &word);
	bit_spin_unlock(2, &word);
	answer("unlocked word=0x%lx preempt_count=%d", word, preempt_count());
	got = bit_spin_trylock(63, &word);
	answer("try=%d word=0x%lx", got, word);
	__bit_spin_unlock(63, &word);
	answer("end word=0x%lx preempt_count=%d", word, preempt_count());
}

ASK_MODULE(&case_states);

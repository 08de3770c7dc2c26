// SPDX-License-Identifier: MIT OR Apache-2.0
/* A lock and a count of references in one. */
#include "ask.h"
#include <linux/lockref.h>

CASE(counts, "lockref lockref_get lockref_get_not_zero lockref_put_or_lock lockref_put_return lockref_mark_dead lockref_get_not_dead"
	     " __lockref_is_dead lockref.count lockref.lock")
{
	struct lockref ref = { .count = 0 };
	int first, second, third, locked;

	spin_lock_init(&ref.lock);
	first = lockref_get_not_zero(&ref);
	lockref_get(&ref);
	second = lockref_get_not_zero(&ref);
	answer("not_zero=%d then=%d count=%d", first, second, ref.count);
	first = lockref_put_return(&ref);
	answer("put_return=%d count=%d", first, ref.count);
	second = lockref_put_or_lock(&ref);
	locked = spin_is_locked(&ref.lock);
	answer("put_or_lock=%d locked=%d count=%d", second, locked, ref.count);
	if (!second)
		spin_unlock(&ref.lock);
	lockref_get(&ref);
	third = lockref_put_or_lock(&ref);
	answer("put_or_lock=%d count=%d", third, ref.count);
	if (!third)
		spin_unlock(&ref.lock);
	first = lockref_get_not_dead(&ref);
	spin_lock(&ref.lock);
	lockref_mark_dead(&ref);
	spin_unlock(&ref.lock);
	second = lockref_get_not_dead(&ref);
	third = lockref_get_not_zero(&ref);
	answer("alive=%d dead=%d not_zero=%d count=%d is_dead=%d", first, second, third, ref.count, __lockref_is_dead(&ref));
}

ASK_MODULE(&case_counts);

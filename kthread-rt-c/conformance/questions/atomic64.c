// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Atomic numbers of 64 bits, and of a long: what is different from those of 32, and that the rest
 * is not.
 */
#include "ask.h"
#include <linux/atomic.h>

#define BIG 0x123456789abLL

CASE(sums, "atomic64_t ATOMIC64_INIT atomic64_read atomic64_set atomic64_add atomic64_sub atomic64_inc atomic64_dec atomic64_add_return"
	   " atomic64_sub_return atomic64_inc_return atomic64_dec_return atomic64_fetch_add atomic64_fetch_sub")
{
	atomic64_t v = ATOMIC64_INIT(BIG);
	s64 a, b, c, d;

	atomic64_add(BIG, &v);
	atomic64_sub(1, &v);
	atomic64_inc(&v);
	atomic64_inc(&v);
	atomic64_dec(&v);
	answer("sum=%lld", (s64)atomic64_read(&v));
	a = atomic64_add_return(-BIG, &v);
	b = atomic64_sub_return(3 * BIG, &v);
	c = atomic64_inc_return(&v);
	d = atomic64_dec_return(&v);
	answer("add=%lld sub=%lld inc=%lld dec=%lld", a, b, c, d);
	a = atomic64_fetch_add(BIG, &v);
	b = atomic64_fetch_sub(1, &v);
	answer("fetch add=%lld sub=%lld left=%lld", a, b, (s64)atomic64_read(&v));
	atomic64_set(&v, S64_MAX);
	a = atomic64_inc_return(&v);
	b = atomic64_dec_return(&v);
	answer("wraps inc=%lld dec=%lld", a, b);
}

CASE(bits, "atomic64_and atomic64_or atomic64_xor atomic64_andnot atomic64_fetch_and atomic64_fetch_or atomic64_fetch_xor"
	   " atomic64_fetch_andnot")
{
	atomic64_t v = ATOMIC64_INIT(0x0f0f0f0f0f0f0f0fLL);
	s64 a, b, c, d;

	atomic64_and(0x00ffff0000ffff00LL, &v);
	atomic64_or(0x1000000000000001LL, &v);
	atomic64_xor(0x00f000000000000fLL, &v);
	atomic64_andnot(0x1000000000000000LL, &v);
	answer("bits=0x%llx", (s64)atomic64_read(&v));
	a = atomic64_fetch_and(-1LL, &v);
	b = atomic64_fetch_or(S64_MIN, &v);
	c = atomic64_fetch_xor(-1LL, &v);
	d = atomic64_fetch_andnot(0xff, &v);
	answer("fetch=0x%llx,0x%llx,0x%llx,0x%llx left=0x%llx", a, b, c, d, (s64)atomic64_read(&v));
}

CASE(tests, "atomic64_sub_and_test atomic64_dec_and_test atomic64_inc_and_test atomic64_add_negative atomic64_add_unless"
	    " atomic64_inc_not_zero atomic64_inc_unless_negative atomic64_dec_unless_positive atomic64_dec_if_positive"
	    " atomic64_fetch_add_unless")
{
	static const s64 values[] = { -1, 0, 1, 1LL << 32, S64_MIN };
	atomic64_t v[6];
	s64 a, b;
	int c, d, e, f, i;

	atomic64_set(&v[0], 1LL << 32);
	/* The lower half alone is 0. */
	c = atomic64_sub_and_test(1LL << 31, &v[0]);
	d = atomic64_sub_and_test(1LL << 31, &v[0]);
	e = atomic64_inc_and_test(&v[0]);
	f = atomic64_dec_and_test(&v[0]);
	answer("sub=%d,%d inc=%d dec=%d negative=%d", c, d, e, f, atomic64_add_negative(-1, &v[0]));
	for (i = 0; i < ARRAY_SIZE(values); i++) {
		for (c = 0; c < 6; c++)
			atomic64_set(&v[c], values[i]);
		a = atomic64_fetch_add_unless(&v[0], BIG, 1);
		b = atomic64_dec_if_positive(&v[1]);
		c = atomic64_add_unless(&v[2], 1, 1LL << 32);
		d = atomic64_inc_not_zero(&v[3]);
		e = atomic64_inc_unless_negative(&v[4]);
		f = atomic64_dec_unless_positive(&v[5]);
		answer("of=%lld fetch=%lld:%lld if_positive=%lld:%lld results=%d,%d,%d,%d", values[i], a, (s64)atomic64_read(&v[0]), b,
		       (s64)atomic64_read(&v[1]), c, d, e, f);
	}
}

CASE(exchange, "atomic64_xchg atomic64_cmpxchg atomic64_try_cmpxchg")
{
	atomic64_t v = ATOMIC64_INIT(BIG);
	s64 old = BIG - 1, a, b;
	int c, d;

	a = atomic64_xchg(&v, BIG + 1);
	b = atomic64_cmpxchg(&v, BIG, 5);
	c = atomic64_try_cmpxchg(&v, &old, 6);
	answer("xchg=%lld cmpxchg=%lld try=%d old=%lld", a, b, c, old);
	d = atomic64_try_cmpxchg(&v, &old, 6);
	answer("try=%d left=%lld", d, (s64)atomic64_read(&v));
}

CASE(longs, "atomic_long_t ATOMIC_LONG_INIT atomic_long_read atomic_long_set atomic_long_add atomic_long_sub atomic_long_inc"
	    " atomic_long_dec atomic_long_add_return atomic_long_sub_return atomic_long_inc_return atomic_long_dec_return atomic_long_fetch_add"
	    " atomic_long_fetch_or atomic_long_fetch_andnot atomic_long_xchg atomic_long_cmpxchg atomic_long_try_cmpxchg"
	    " atomic_long_add_unless atomic_long_inc_not_zero atomic_long_dec_if_positive atomic_long_dec_and_test"
	    " atomic_long_add_negative atomic_long_sub_and_test")
{
	atomic_long_t v = ATOMIC_LONG_INIT(BIG);
	long a, b, c, d, old = 3;

	atomic_long_inc(&v);
	atomic_long_add(BIG, &v);
	atomic_long_sub(2, &v);
	atomic_long_dec(&v);
	answer("sum=%ld", atomic_long_read(&v));
	atomic_long_set(&v, 0);
	a = atomic_long_add_return(BIG, &v);
	b = atomic_long_sub_return(2 * BIG, &v);
	c = atomic_long_inc_return(&v);
	d = atomic_long_dec_return(&v);
	answer("add=%ld sub=%ld inc=%ld dec=%ld", a, b, c, d);
	a = atomic_long_fetch_add(BIG, &v);
	b = atomic_long_fetch_or(7, &v);
	c = atomic_long_fetch_andnot(4, &v);
	d = atomic_long_xchg(&v, 9);
	answer("fetch=%ld,%ld,%ld xchg=%ld", a, b, c, d);
	a = atomic_long_cmpxchg(&v, 8, 7);
	b = atomic_long_try_cmpxchg(&v, &old, 7);
	c = atomic_long_try_cmpxchg(&v, &old, 1);
	answer("cmpxchg=%ld try=%ld,%ld old=%ld left=%ld", a, b, c, old, atomic_long_read(&v));
	a = atomic_long_add_unless(&v, 1, 1);
	b = atomic_long_inc_not_zero(&v);
	c = atomic_long_dec_if_positive(&v);
	d = atomic_long_dec_and_test(&v);
	answer("unless=%ld not_zero=%ld if_positive=%ld dec_and_test=%ld", a, b, c, d);
	a = atomic_long_add_negative(-1, &v);
	b = atomic_long_sub_and_test(-1, &v);
	answer("negative=%ld sub_and_test=%ld", a, b);
}

ASK_MODULE(&case_sums, &case_bits, &case_tests, &case_exchange, &case_longs);

// SPDX-License-Identifier: MIT OR Apache-2.0
/* Atomic numbers of 32 bits: what each operation leaves and returns, and how they wrap around. */
#include "ask.h"
#include <linux/atomic.h>

CASE(void_ops, "atomic_t ATOMIC_INIT atomic_read atomic_set atomic_add atomic_sub atomic_inc atomic_dec atomic_and atomic_or atomic_xor"
	       " atomic_andnot atomic_set_release atomic_read_acquire")
{
	atomic_t v = ATOMIC_INIT(-7);

	answer("init=%d", atomic_read(&v));
	atomic_set(&v, 0x0ff0);
	atomic_add(0x10, &v);
	answer("add=0x%x", atomic_read(&v));
	atomic_sub(0x20, &v);
	answer("sub=0x%x", atomic_read(&v));
	atomic_inc(&v);
	answer("inc=0x%x", atomic_read(&v));
	atomic_dec(&v);
	answer("dec=0x%x", atomic_read(&v));
	atomic_and(0xff, &v);
	answer("and=0x%x", atomic_read(&v));
	atomic_or(0xf00, &v);
	answer("or=0x%x", atomic_read(&v));
	atomic_xor(0xff0, &v);
	answer("xor=0x%x", atomic_read(&v));
	atomic_set_release(&v, 0xfff);
	atomic_andnot(0x0f0, &v);
	answer("andnot=0x%x", atomic_read_acquire(&v));
}

CASE(returns, "atomic_add_return atomic_sub_return atomic_inc_return atomic_dec_return atomic_fetch_add atomic_fetch_sub atomic_fetch_inc"
	      " atomic_fetch_dec atomic_fetch_and atomic_fetch_or atomic_fetch_xor atomic_fetch_andnot atomic_add_return_relaxed"
	      " atomic_fetch_or_acquire atomic_sub_return_release")
{
	atomic_t v = ATOMIC_INIT(10);
	int a, b, c, d;

	a = atomic_add_return(5, &v);
	b = atomic_sub_return(20, &v);
	c = atomic_inc_return(&v);
	d = atomic_dec_return(&v);
	answer("add=%d sub=%d inc=%d dec=%d", a, b, c, d);
	a = atomic_fetch_add(5, &v);
	b = atomic_fetch_sub(2, &v);
	c = atomic_fetch_inc(&v);
	d = atomic_fetch_dec(&v);
	answer("fetch add=%d sub=%d inc=%d dec=%d left=%d", a, b, c, d, atomic_read(&v));
	atomic_set(&v, 0xff);
	a = atomic_fetch_and(0x3c, &v);
	b = atomic_fetch_or(0xc0, &v);
	c = atomic_fetch_xor(0xff, &v);
	d = atomic_fetch_andnot(0x02, &v);
	answer("fetch and=0x%x or=0x%x xor=0x%x andnot=0x%x left=0x%x", a, b, c, d, atomic_read(&v));
	a = atomic_add_return_relaxed(1, &v);
	b = atomic_fetch_or_acquire(0x100, &v);
	c = atomic_sub_return_release(1, &v);
	answer("relaxed=0x%x acquire=0x%x release=0x%x", a, b, c);
}

CASE(tests, "atomic_sub_and_test atomic_dec_and_test atomic_inc_and_test atomic_add_negative")
{
	atomic_t v = ATOMIC_INIT(3);
	int a, b, c, d;

	a = atomic_sub_and_test(1, &v);
	b = atomic_sub_and_test(2, &v);
	answer("sub=%d,%d", a, b);
	atomic_set(&v, 2);
	a = atomic_dec_and_test(&v);
	b = atomic_dec_and_test(&v);
	c = atomic_dec_and_test(&v);
	d = atomic_inc_and_test(&v);
	answer("dec=%d,%d,%d inc=%d left=%d", a, b, c, d, atomic_read(&v));
	a = atomic_inc_and_test(&v);
	b = atomic_add_negative(-1, &v);
	c = atomic_add_negative(-1, &v);
	d = atomic_add_negative(5, &v);
	answer("inc=%d negative=%d,%d,%d", a, b, c, d);
}

CASE(unless, "atomic_add_unless atomic_fetch_add_unless atomic_inc_not_zero atomic_inc_unless_negative atomic_dec_unless_positive"
	     " atomic_dec_if_positive")
{
	static const int values[] = { -2, -1, 0, 1, 2, INT_MAX, INT_MIN };
	int i, a, b, c, d, e, f;
	atomic_t v[6];

	for (i = 0; i < ARRAY_SIZE(values); i++) {
		for (a = 0; a < 6; a++)
			atomic_set(&v[a], values[i]);
		a = atomic_add_unless(&v[0], 3, 1);
		b = atomic_fetch_add_unless(&v[1], 3, 1);
		c = atomic_inc_not_zero(&v[2]);
		d = atomic_inc_unless_negative(&v[3]);
		e = atomic_dec_unless_positive(&v[4]);
		f = atomic_dec_if_positive(&v[5]);
		answer("of=%d add_unless=%d:%d fetch=%d:%d not_zero=%d:%d", values[i], a, atomic_read(&v[0]), b, atomic_read(&v[1]), c,
		       atomic_read(&v[2]));
		answer("of=%d unless_negative=%d:%d unless_positive=%d:%d if_positive=%d:%d", values[i], d, atomic_read(&v[3]), e,
		       atomic_read(&v[4]), f, atomic_read(&v[5]));
	}
}

CASE(exchange, "atomic_xchg atomic_cmpxchg atomic_try_cmpxchg atomic_xchg_relaxed atomic_cmpxchg_acquire atomic_try_cmpxchg_release"
	       " xchg cmpxchg try_cmpxchg")
{
	atomic_t v = ATOMIC_INIT(1);
	unsigned long word = 5, old_word = 5;
	u8 byte = 7;
	int old = 9, a, b, c;

	a = atomic_xchg(&v, 2);
	b = atomic_cmpxchg(&v, 2, 3);
	c = atomic_cmpxchg(&v, 2, 4);
	answer("xchg=%d cmpxchg=%d,%d left=%d", a, b, c, atomic_read(&v));
	a = atomic_try_cmpxchg(&v, &old, 5);
	answer("try_fails=%d old=%d left=%d", a, old, atomic_read(&v));
	a = atomic_try_cmpxchg(&v, &old, 5);
	answer("try=%d old=%d left=%d", a, old, atomic_read(&v));
	a = atomic_xchg_relaxed(&v, 6);
	b = atomic_cmpxchg_acquire(&v, 6, 7);
	old = 7;
	c = atomic_try_cmpxchg_release(&v, &old, 8);
	answer("relaxed=%d acquire=%d release=%d left=%d", a, b, c, atomic_read(&v));
	a = xchg(&word, 6);
	b = cmpxchg(&word, 6, 7);
	c = cmpxchg(&word, 6, 8);
	answer("word xchg=%d cmpxchg=%d,%d left=%lu", a, b, c, word);
	a = try_cmpxchg(&word, &old_word, 9);
	answer("word try=%d old=%lu left=%lu", a, old_word, word);
	a = xchg(&byte, 200);
	b = cmpxchg(&byte, 200, 255);
	answer("byte xchg=%d cmpxchg=%d left=%u", a, b, byte);
}

CASE(wraps, "atomic_inc_return atomic_dec_return atomic_add_return atomic_sub_return atomic_fetch_add atomic_add_negative")
{
	atomic_t v = ATOMIC_INIT(INT_MAX);
	int a, b, c, d;

	a = atomic_inc_return(&v);
	b = atomic_dec_return(&v);
	c = atomic_add_return(INT_MAX, &v);
	answer("inc=%d dec=%d add=%d", a, b, c);
	atomic_set(&v, INT_MIN);
	a = atomic_sub_return(1, &v);
	b = atomic_fetch_add(2, &v);
	c = atomic_sub_return(INT_MIN, &v);
	d = atomic_add_negative(INT_MAX, &v);
	answer("sub=%d fetch=%d sub_min=%d negative=%d", a, b, c, d);
}

ASK_MODULE(&case_void_ops, &case_returns, &case_tests, &case_unless, &case_exchange, &case_wraps);

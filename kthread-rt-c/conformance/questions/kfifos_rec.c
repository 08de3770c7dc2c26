// SPDX-License-Identifier: MIT OR Apache-2.0
/* Rings of records: each is as long as it was put in, and goes out as a whole. And rings under a lock that others hold. */
#include "ask.h"
#include <linux/kfifo.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

CASE(records, "STRUCT_KFIFO_REC_1 STRUCT_KFIFO_REC_2 INIT_KFIFO kfifo_recsize kfifo_in kfifo_out kfifo_peek_len kfifo_len"
	      " kfifo_avail kfifo_skip kfifo_out_peek kfifo_is_full kfifo_is_empty kfifo_esize")
{
	STRUCT_KFIFO_REC_1(16) fifo;
	STRUCT_KFIFO_REC_2(16) two;
	unsigned int n, then, last;
	char to[16] = "";

	INIT_KFIFO(fifo);
	INIT_KFIFO(two);
	answer("recsize=%u,%u esize=%u size=%u avail=%u,%u", (unsigned int)kfifo_recsize(&fifo),
	       (unsigned int)kfifo_recsize(&two), (unsigned int)kfifo_esize(&fifo), kfifo_size(&fifo),
	       (unsigned int)kfifo_avail(&fifo), (unsigned int)kfifo_avail(&two));
	answer("peek_len_of_none=%u", (unsigned int)kfifo_peek_len(&fifo));
	n = kfifo_in(&fifo, "hello", 5);
	then = kfifo_in(&fifo, "abcdefg", 7);
	answer("in=%u then=%u len=%u avail=%u peek_len=%u", n, then, kfifo_len(&fifo), (unsigned int)kfifo_avail(&fifo),
	       (unsigned int)kfifo_peek_len(&fifo));
	n = kfifo_in(&fifo, "xyz", 3);
	answer("in_too_long=%u len=%u", n, kfifo_len(&fifo));
	n = kfifo_out_peek(&fifo, to, sizeof(to));
	answer("peek=%u text=%.*s", n, n, to);
	/* What does not fit is lost with its record. */
	n = kfifo_out(&fifo, to, 3);
	answer("out=%u text=%.*s peek_len=%u", n, n, to, (unsigned int)kfifo_peek_len(&fifo));
	n = kfifo_in(&fifo, "12", 2);
	kfifo_skip(&fifo);
	then = kfifo_out(&fifo, to, sizeof(to));
	last = kfifo_out(&fifo, to + 8, 8);
	answer("in=%u after_skip=%u text=%.*s then=%u empty=%d", n, then, then, to, last, kfifo_is_empty(&fifo));
	n = kfifo_in(&two, "abcdefghijklmnop", 16);
	then = kfifo_in(&two, "abcdefghijklmn", 14);
	answer("of_two in=%u then=%u len=%u full=%d", n, then, kfifo_len(&two), kfifo_is_full(&two));
}

CASE(allocated, "kfifo_rec_ptr_1 kfifo_rec_ptr_2 kfifo_alloc kfifo_init kfifo_free kfifo_reset")
{
	struct kfifo_rec_ptr_1 fifo;
	struct kfifo_rec_ptr_2 two;
	static u8 memory[20];
	char to[16];
	unsigned int n, then;
	int ret;

	ret = kfifo_alloc(&fifo, 20, GFP_KERNEL);
	n = kfifo_in(&fifo, "abc", 3);
	answer("alloc=%d size=%u in=%u len=%u", ret, kfifo_size(&fifo), n, kfifo_len(&fifo));
	kfifo_reset(&fifo);
	answer("reset len=%u avail=%u", kfifo_len(&fifo), (unsigned int)kfifo_avail(&fifo));
	kfifo_free(&fifo);
	ret = kfifo_init(&two, memory, sizeof(memory));
	n = kfifo_in(&two, "abcde", 5);
	then = kfifo_out(&two, to, sizeof(to));
	answer("init=%d size=%u in=%u out=%u text=%.*s", ret, kfifo_size(&two), n, then, then, to);
}

CASE(locked, "kfifo_in_spinlocked_noirqsave kfifo_out_spinlocked_noirqsave kfifo_is_empty_spinlocked"
	     " kfifo_is_empty_spinlocked_noirqsave kfifo_recsize kfifo_peek_len")
{
	DEFINE_SPINLOCK(lock);
	DECLARE_KFIFO(fifo, u16, 8);
	u16 from[] = { 7, 8, 9 }, to[4];
	unsigned int n, then;

	INIT_KFIFO(fifo);
	n = kfifo_is_empty_spinlocked(&fifo, &lock);
	then = kfifo_is_empty_spinlocked_noirqsave(&fifo, &lock);
	answer("empty=%u noirqsave=%u", n, then);
	n = kfifo_in_spinlocked_noirqsave(&fifo, from, 3, &lock);
	answer("in=%u recsize=%u peek_len=%u", n, (unsigned int)kfifo_recsize(&fifo), (unsigned int)kfifo_peek_len(&fifo));
	n = kfifo_out_spinlocked_noirqsave(&fifo, to, 4, &lock);
	answer("out=%u to=%d,%d,%d", n, to[0], to[1], to[2]);
}

ASK_MODULE(&case_records, &case_allocated, &case_locked);

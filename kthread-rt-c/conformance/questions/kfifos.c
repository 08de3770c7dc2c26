// SPDX-License-Identifier: MIT OR Apache-2.0
/* Queues in a ring: how many elements each operation takes, what is left, and when there is no room. */
#include "ask.h"
#include <linux/kfifo.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

static DEFINE_KFIFO(defined, int, 8);

CASE(defined, "DEFINE_KFIFO DECLARE_KFIFO INIT_KFIFO DECLARE_KFIFO_PTR kfifo_initialized kfifo_size kfifo_esize kfifo_len"
	      " kfifo_avail kfifo_is_empty kfifo_is_full")
{
	DECLARE_KFIFO(declared, u16, 4);
	DECLARE_KFIFO_PTR(pointer, u64);

	INIT_KFIFO(declared);
	INIT_KFIFO(pointer);
	answer("defined size=%u esize=%u len=%u avail=%u empty=%d full=%d", kfifo_size(&defined),
	       (unsigned int)kfifo_esize(&defined), kfifo_len(&defined), kfifo_avail(&defined), kfifo_is_empty(&defined),
	       kfifo_is_full(&defined));
	answer("declared size=%u esize=%u initialized=%d", kfifo_size(&declared),
	       (unsigned int)kfifo_esize(&declared), !!kfifo_initialized(&declared));
	answer("pointer initialized=%d esize=%u", !!kfifo_initialized(&pointer), (unsigned int)kfifo_esize(&pointer));
}

CASE(one, "kfifo_put kfifo_get kfifo_peek kfifo_skip kfifo_is_full kfifo_is_empty kfifo_reset kfifo_reset_out")
{
	DECLARE_KFIFO(fifo, int, 4);
	int puts[5], got = -1, peeked = -1, i, ret;

	INIT_KFIFO(fifo);
	ret = kfifo_get(&fifo, &got);
	answer("get_of_none=%d value=%d", ret, got);
	ret = kfifo_peek(&fifo, &peeked);
	answer("peek_of_none=%d value=%d", ret, peeked);
	for (i = 0; i < 5; i++)
		puts[i] = kfifo_put(&fifo, 10 + i);
	answer("puts=%d,%d,%d,%d,%d full=%d len=%u", puts[0], puts[1], puts[2], puts[3], puts[4], kfifo_is_full(&fifo),
	       kfifo_len(&fifo));
	ret = kfifo_peek(&fifo, &peeked);
	answer("peek=%d value=%d len=%u", ret, peeked, kfifo_len(&fifo));
	ret = kfifo_get(&fifo, &got);
	answer("get=%d value=%d full=%d", ret, got, kfifo_is_full(&fifo));
	kfifo_skip(&fifo);
	ret = kfifo_get(&fifo, &got);
	answer("after_skip=%d value=%d", ret, got);
	kfifo_reset_out(&fifo);
	answer("reset_out len=%u empty=%d", kfifo_len(&fifo), kfifo_is_empty(&fifo));
	kfifo_put(&fifo, 1);
	kfifo_reset(&fifo);
	answer("reset len=%u avail=%u", kfifo_len(&fifo), kfifo_avail(&fifo));
}

CASE(many, "kfifo_in kfifo_out kfifo_out_peek kfifo_len kfifo_avail")
{
	DECLARE_KFIFO(fifo, int, 8);
	int from[10] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 }, to[10];
	unsigned int n, then;

	INIT_KFIFO(fifo);
	n = kfifo_in(&fifo, from, 5);
	answer("in=%u len=%u avail=%u", n, kfifo_len(&fifo), kfifo_avail(&fifo));
	n = kfifo_out(&fifo, to, 3);
	answer("out=%u to=%d,%d,%d", n, to[0], to[1], to[2]);
	/* Round the end. */
	n = kfifo_in(&fifo, from, 10);
	answer("in_too_many=%u len=%u", n, kfifo_len(&fifo));
	n = kfifo_out_peek(&fifo, to, 10);
	answer("peek=%u to=%*ph len=%u", n, 8, (u8[]){ to[0], to[1], to[2], to[3], to[4], to[5], to[6], to[7] },
	       kfifo_len(&fifo));
	n = kfifo_out(&fifo, to, 6);
	then = kfifo_out(&fifo, to, 6);
	answer("out=%u then=%u last=%d,%d", n, then, to[0], to[1]);
	n = kfifo_in(&fifo, from, 0);
	then = kfifo_out(&fifo, to, 4);
	answer("in_0=%u out_of_none=%u", n, then);
}

CASE(locked, "kfifo_in_spinlocked kfifo_out_spinlocked kfifo_in_locked kfifo_out_locked"
	     " spin_is_locked")
{
	DEFINE_SPINLOCK(lock);
	DECLARE_KFIFO(fifo, char, 8);
	unsigned int n, then;
	char to[8] = "";

	INIT_KFIFO(fifo);
	n = kfifo_in_spinlocked(&fifo, "abcdef", 6, &lock);
	then = kfifo_in_spinlocked(&fifo, "ghijkl", 6, &lock);
	answer("in=%u then=%u", n, then);
	n = kfifo_out_spinlocked(&fifo, to, 3, &lock);
	answer("out=%u text=%.3s is_locked=%d", n, to, spin_is_locked(&lock));
	n = kfifo_in_locked(&fifo, "z", 1, &lock);
	then = kfifo_out_locked(&fifo, to, 2, &lock);
	answer("old_names in=%u out=%u", n, then);
}

CASE(allocated, "kfifo_alloc kfifo_init kfifo_free kfifo_initialized kfifo_size")
{
	struct kfifo fifo;
	DECLARE_KFIFO_PTR(ints, int);
	static u8 memory[24];
	static const int sizes[] = { 2, 3, 5, 8, 9 };
	int i, ret;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		ret = kfifo_alloc(&fifo, sizes[i], GFP_KERNEL);
		answer("alloc=%d ret=%d size=%u initialized=%d", sizes[i], ret, kfifo_size(&fifo), !!kfifo_initialized(&fifo));
		kfifo_free(&fifo);
	}
	answer("freed initialized=%d", !!kfifo_initialized(&fifo));
	ret = kfifo_alloc(&fifo, 1, GFP_KERNEL);
	answer("alloc=1 ret=%d initialized=%d", ret, !!kfifo_initialized(&fifo));
	ret = kfifo_alloc(&ints, 10, GFP_KERNEL);
	answer("ints ret=%d size=%u esize=%u", ret, kfifo_size(&ints), (unsigned int)kfifo_esize(&ints));
	kfifo_free(&ints);
	ret = kfifo_init(&fifo, memory, sizeof(memory));
	answer("init=24 ret=%d size=%u", ret, kfifo_size(&fifo));
	ret = kfifo_init(&ints, memory, sizeof(memory));
	answer("init_ints=24 ret=%d size=%u", ret, kfifo_size(&ints));
	ret = kfifo_init(&fifo, memory, 1);
	answer("init=1 ret=%d", ret);
}

ASK_MODULE(&case_defined, &case_one, &case_many, &case_locked, &case_allocated);

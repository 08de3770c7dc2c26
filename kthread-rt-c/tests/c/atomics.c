// SPDX-License-Identifier: MIT OR Apache-2.0
#include <linux/atomic.h>
#include <linux/bitmap.h>
#include <linux/kref.h>
#include <linux/llist.h>
#include <linux/module.h>

static atomic_t a = ATOMIC_INIT(5);
static atomic64_t b = ATOMIC64_INIT(1LL << 40);
static atomic_long_t c = ATOMIC_LONG_INIT(-1);

static void atomics(void)
{
	int old = 7, plain = 3, *pointer = &plain;

	pr_info("add_return, fetch_add, read: %d", atomic_add_return(2, &a));
	pr_cont(" %d", atomic_fetch_add(1, &a));
	pr_cont(" %d\n", atomic_read(&a));
	pr_info("sub_and_test, dec_and_test, inc_and_test: %d", atomic_sub_and_test(7, &a));
	pr_cont(" %d", atomic_dec_and_test(&a));
	pr_cont(" %d\n", atomic_inc_and_test(&a));
	pr_info("add_unless, inc_not_zero: %d", atomic_add_unless(&a, 1, 1));
	pr_cont(" %d\n", atomic_inc_not_zero(&a));
	pr_info("dec_if_positive: %d", atomic_dec_if_positive(&a));
	atomic_set(&a, 0);
	pr_cont(", of 0: %d", atomic_dec_if_positive(&a));
	pr_cont(", left %d\n", atomic_read(&a));
	atomic_set(&a, 6);
	pr_info("cmpxchg of another: %d, left %d\n", atomic_cmpxchg(&a, 7, 9), atomic_read(&a));
	pr_info("try_cmpxchg: %d", atomic_try_cmpxchg(&a, &old, 9));
	pr_cont(", old is %d", old);
	pr_cont(", then %d\n", atomic_try_cmpxchg(&a, &old, 9));
	pr_info("xchg: %d\n", atomic_xchg(&a, 12));
	atomic_andnot(4, &a);
	atomic_or(1, &a);
	atomic_xor(3, &a);
	pr_info("andnot, or, xor: %d", atomic_read(&a));
	pr_cont(", fetch_and: %d\n", atomic_fetch_and(2, &a));
	pr_info("atomic64: %lld, atomic_long: %ld\n", (long long)atomic64_inc_return(&b), atomic_long_dec_return(&c));
	pr_info("add_negative: %d\n", atomic_add_negative(-3, &a));
	pr_info("xchg, cmpxchg of plain variables: %d", xchg(&plain, 4));
	pr_cont(" %d", cmpxchg(&plain, 4, 5));
	pr_cont(" %d %d\n", plain, xchg(&pointer, NULL) == &plain);
}

static void bits(void)
{
	static DECLARE_BITMAP(map, 130);
	unsigned long word = 0;
	unsigned int bit;

	pr_info("test_and_set_bit twice: %d", test_and_set_bit(3, &word));
	pr_cont(" %d\n", test_and_set_bit(3, &word));
	pr_info("test_and_change_bit, test_and_clear_bit: %d", test_and_change_bit(3, &word));
	pr_cont(" %d\n", test_and_clear_bit(3, &word));
	pr_info("ffs, fls, __ffs, __fls, ffz: %d %d %lu %lu %lu\n", ffs(8), fls(8), __ffs(8), __fls(9), ffz(7));
	pr_info("ffs, fls of 0: %d %d, hweight32: %u\n", ffs(0), fls(0), hweight32(0xf0f0));
	pr_info("GENMASK(5, 2), BIT(4), rol32: %lx %lx %x\n", GENMASK(5, 2), BIT(4), rol32(0x80000001, 4));
	bitmap_set(map, 60, 8);
	__set_bit(129, map);
	pr_info("weight, first, next zero, last: %u %lu %lu %lu\n", bitmap_weight(map, 130), find_first_bit(map, 130),
		find_next_zero_bit(map, 130, 60), find_last_bit(map, 130));
	pr_info("bits:");
	for_each_set_bit(bit, map, 130)
		pr_cont(" %u", bit);
	pr_cont("\n");
	pr_info("free area of 4: %lu, full: %d\n", bitmap_find_next_zero_area(map, 130, 58, 4, 0), bitmap_full(map, 130));
}

static void released(struct kref *kref)
{
	pr_info("released\n");
}

struct item {
	int value;
	struct llist_node node;
};

static int __init begin(void)
{
	static LLIST_HEAD(list);
	struct item items[3], *item;
	refcount_t count = REFCOUNT_INIT(1);
	struct kref kref;
	int i;

	atomics();
	bits();
	for (i = 0; i < 3; i++) {
		items[i].value = i;
		llist_add(&items[i].node, &list);
	}
	pr_info("llist:");
	llist_for_each_entry(item, llist_del_all(&list), node)
		pr_cont(" %d", item->value);
	pr_cont(", empty %d\n", llist_empty(&list));
	init_llist_node(&items[0].node);
	pr_info("llist_on_list: %d", llist_on_list(&items[0].node));
	llist_add(&items[0].node, &list);
	pr_cont(" %d\n", llist_on_list(&items[0].node));
	kref_init(&kref);
	kref_get(&kref);
	pr_info("kref_put: %d", kref_put(&kref, released));
	pr_cont("\n");
	pr_info("kref_put of the last: %d\n", kref_put(&kref, released));
	pr_info("refcount_dec_and_test, inc_not_zero: %d", refcount_dec_and_test(&count));
	pr_cont(" %d\n", refcount_inc_not_zero(&count));
	return 0;
}
module_init(begin);
MODULE_LICENSE("Dual MIT/GPL");

// SPDX-License-Identifier: MIT OR Apache-2.0
/* xarrays: what is stored, found, marked, reserved, numbered; ranges; and readers beside a writer. */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/radix-tree.h>
#include <linux/xarray.h>

static DEFINE_XARRAY(xa);
static DEFINE_XARRAY(odd);
static DEFINE_XARRAY_ALLOC(numbers);
static DEFINE_XARRAY_ALLOC1(from_one);
static int a, b, c;

static void plain(void)
{
	unsigned long index;
	void *entry;

	pr_info("empty: %d", xa_empty(&xa));
	pr_cont(", store: %d", xa_store(&xa, 5, &a, GFP_KERNEL) == NULL);
	pr_cont(" %d", xa_store(&xa, 5, &b, GFP_KERNEL) == &a);
	pr_cont(", insert: %d %d", xa_insert(&xa, 5, &c, GFP_KERNEL), xa_insert(&xa, ULONG_MAX, &c, GFP_KERNEL));
	pr_cont(", cmpxchg: %d", xa_cmpxchg(&xa, 5, &a, &c, GFP_KERNEL) == &b);
	pr_cont(" %d", xa_cmpxchg(&xa, 5, &b, &a, GFP_KERNEL) == &b);
	pr_cont(", load: %d %d %d\n", xa_load(&xa, 5) == &a, xa_load(&xa, 6) == NULL, xa_load(&xa, ULONG_MAX) == &c);
	xa_store(&xa, 1000, xa_mk_value(77), GFP_KERNEL);
	entry = xa_load(&xa, 1000);
	pr_info("a value: %d %lu; a pointer: %d\n", xa_is_value(entry), xa_to_value(entry), xa_is_value(&a));
	xa_for_each(&xa, index, entry)
		pr_info("at %ld: %s\n", (long)index, xa_is_value(entry) ? "value" : entry == &a ? "a" : "c");
	xa_for_each_range(&xa, index, entry, 6, 1000)
		pr_info("from 6 to 1000: %lu\n", index);
	xa_set_mark(&xa, 1000, XA_MARK_1);
	xa_set_mark(&xa, 1001, XA_MARK_1);
	pr_info("marked: %d %d %d", xa_marked(&xa, XA_MARK_1), xa_get_mark(&xa, 1000, XA_MARK_1), xa_get_mark(&xa, 1001, XA_MARK_1));
	xa_for_each_marked(&xa, index, entry, XA_MARK_1)
		pr_cont(": %lu", index);
	xa_erase(&xa, 1000);
	pr_cont(", then %d\n", xa_marked(&xa, XA_MARK_1));
	pr_info("reserve: %d", xa_reserve(&xa, 9, GFP_KERNEL));
	pr_cont(", reads as null %d, is in use %d", xa_load(&xa, 9) == NULL, xa_insert(&xa, 9, &a, GFP_KERNEL));
	xa_release(&xa, 9);
	pr_cont(", and not after release: %d\n", xa_insert(&xa, 9, &a, GFP_KERNEL));
	pr_info("an error: %d %d\n", xa_err(xa_store(&xa, 3, XA_RETRY_ENTRY, GFP_KERNEL)), xa_err(xa_load(&xa, 5)));
	/* Its low bits are those of a node's; alone in the array, too. */
	pr_info("an odd pointer: %d", xa_err(xa_store(&odd, 0, (char *)&a + 2, GFP_KERNEL)));
	xa_store(&odd, 70, &a, GFP_KERNEL);
	xa_erase(&odd, 70);
	pr_cont(" %d", xa_load(&odd, 0) == (char *)&a + 2);
	pr_cont(" %d", xa_erase(&odd, 0) == (char *)&a + 2);
	pr_cont(" %d\n", xa_empty(&odd));
	pr_info("erased: %d", xa_erase(&xa, 5) == &a);
	pr_cont(" %d\n", xa_erase(&xa, 5) == NULL);
	xa_destroy(&xa);
	pr_info("destroyed: %d\n", xa_empty(&xa));
}

static void given(void)
{
	u32 id, next = 0;
	int i;

	for (i = 0; i < 3; i++) {
		pr_info("alloc: %d", xa_alloc(&numbers, &id, &a, xa_limit_32b, GFP_KERNEL));
		pr_cont(" -> %u\n", id);
	}
	xa_erase(&numbers, 1);
	pr_info("the smallest: %d", xa_alloc(&numbers, &id, NULL, xa_limit_31b, GFP_KERNEL));
	pr_cont(" -> %u", id);
	pr_cont("; of a full range: %d\n", xa_alloc(&numbers, &id, &a, XA_LIMIT(0, 2), GFP_KERNEL));
	next = 4;
	for (i = 0; i < 4; i++) {
		int error = xa_alloc_cyclic(&numbers, &id, &a, XA_LIMIT(2, 5), &next, GFP_KERNEL);

		pr_info("cyclic: %d -> %u, next %u\n", error, error < 0 ? 0 : id, next);
	}
	xa_destroy(&numbers);
	pr_info("from one: %d", xa_alloc(&from_one, &id, &a, xa_limit_16b, GFP_KERNEL));
	pr_cont(" -> %u\n", id);
	xa_destroy(&from_one);
}

static void ranges(void)
{
	XA_STATE_ORDER(xas, &xa, 64, 3);
	unsigned long index;
	void *entry;
	int n = 0;

	xas_lock(&xas);
	xas_store(&xas, &a);
	xas_unlock(&xas);
	pr_info("eight indices: %d %d %d %d, order %d", xa_load(&xa, 63) == &a, xa_load(&xa, 64) == &a, xa_load(&xa, 71) == &a,
		xa_load(&xa, 72) == &a, xa_get_order(&xa, 70));
	xa_for_each(&xa, index, entry)
		n++;
	pr_cont(", found %d time\n", n);
	xa_erase(&xa, 67);
	pr_info("erased at one of them: %d\n", xa_empty(&xa));
	xa_store_range(&xa, 100, 300, &b, GFP_KERNEL);
	for (index = n = 0; index < 400; index++)
		n += xa_load(&xa, index) == &b;
	pr_info("a range of %d: %d %d %d %d\n", n, xa_load(&xa, 99) == &b, xa_load(&xa, 100) == &b, xa_load(&xa, 300) == &b,
		xa_load(&xa, 301) == &b);
	xa_store_range(&xa, 0, ULONG_MAX, NULL, GFP_KERNEL);
	pr_info("none left: %d\n", xa_empty(&xa));
}

/* Readers see each index as NULL or as its value, while a writer makes the tree higher and lower. */
static DECLARE_COMPLETION(begun);

static int reader(void *unused)
{
	unsigned long index, wrong = 0, rounds = 0;
	void *entry;

	complete(&begun);
	while (!kthread_should_stop() || !rounds) {
		xa_for_each(&xa, index, entry)
			wrong += entry != xa_mk_value(index & LONG_MAX);
		for (index = 0; index < 4096; index = index * 3 + 1) {
			entry = xa_load(&xa, index);
			wrong += entry && entry != xa_mk_value(index);
		}
		rounds++;
	}
	return wrong != 0;
}

static void beside(void)
{
	struct task_struct *readers[2];
	unsigned long index;
	int i, round;

	for (i = 0; i < 2; i++) {
		readers[i] = kthread_run(reader, NULL, "reader/%d", i);
		wait_for_completion(&begun);
	}
	for (round = 0; round < 30; round++) {
		for (index = 1; index && index < 1UL << 60; index = index * 3 + 1)
			xa_store(&xa, index, xa_mk_value(index), GFP_KERNEL);
		for (index = 1; index && index < 1UL << 60; index = index * 3 + 1)
			xa_erase(&xa, index);
	}
	pr_info("readers beside a writer: %d", kthread_stop(readers[0]));
	pr_cont(" %d, empty %d\n", kthread_stop(readers[1]), xa_empty(&xa));
}

static void radix(void)
{
	RADIX_TREE(tree, GFP_KERNEL);
	struct radix_tree_iter iter;
	void **slot, *got[4];

	pr_info("radix tree: insert %d", radix_tree_insert(&tree, 70, &a));
	pr_cont(" %d", radix_tree_insert(&tree, 70, &b));
	pr_cont(" %d %d", radix_tree_insert(&tree, 7, &b), radix_tree_insert(&tree, ULONG_MAX, &c));
	pr_cont(", lookup %d %d", radix_tree_lookup(&tree, 70) == &a, radix_tree_lookup(&tree, 71) == NULL);
	radix_tree_tag_set(&tree, 70, 2);
	pr_cont(", tagged %d %d, gang %u", radix_tree_tagged(&tree, 2), radix_tree_tag_get(&tree, 7, 2),
		radix_tree_gang_lookup(&tree, got, 8, 4));
	pr_cont(" %u\n", radix_tree_gang_lookup_tag(&tree, got, 0, 4, 2));
	radix_tree_replace_slot(&tree, radix_tree_lookup_slot(&tree, 7), &c);
	radix_tree_for_each_slot(slot, &tree, &iter, 0)
		pr_info("slot of %ld: %d\n", (long)iter.index, radix_tree_deref_slot(slot) == &c);
	radix_tree_for_each_tagged(slot, &tree, &iter, 0, 2)
		pr_info("tagged: %ld\n", (long)iter.index);
	radix_tree_for_each_slot(slot, &tree, &iter, 0)
		radix_tree_iter_delete(&tree, &iter, slot);
	pr_info("deleted: %d %d\n", radix_tree_empty(&tree), radix_tree_delete(&tree, 7) == NULL);
}

static int __init xarray_test_init(void)
{
	plain();
	given();
	ranges();
	beside();
	radix();
	return 0;
}

static void __exit xarray_test_exit(void)
{
}

module_init(xarray_test_init);
module_exit(xarray_test_exit);
MODULE_LICENSE("Dual MIT/Apache-2.0");

// SPDX-License-Identifier: MIT OR Apache-2.0
/* Numbers for pointers, and numbers alone. */
#include <linux/idr.h>
#include <linux/module.h>

static DEFINE_IDR(idr);
static struct idr based;
static DEFINE_IDA(ida);
static int things[8];

static int tell(int id, void *pointer, void *data)
{
	pr_cont(" %d", id);
	return id == *(int *)data ? 99 : 0;
}

static void pointers(void)
{
	unsigned long ul, next;
	int id, last = -1, stop = 5;
	u32 wide = 7;
	void *entry;

	pr_info("idr: %d", idr_alloc(&idr, &things[0], 5, 8, GFP_KERNEL));
	pr_cont(" %d", idr_alloc(&idr, &things[1], 5, 8, GFP_KERNEL));
	pr_cont(" %d", idr_alloc(&idr, &things[2], 5, 8, GFP_KERNEL));
	pr_cont(" %d", idr_alloc(&idr, &things[3], 5, 8, GFP_KERNEL));
	pr_cont(" %d\n", idr_alloc(&idr, NULL, 0, 0, GFP_KERNEL));
	pr_info("null keeps its number: %d %d\n", idr_find(&idr, 0) == NULL, idr_alloc(&idr, NULL, 0, 0, GFP_KERNEL));
	pr_info("replace: %d", idr_replace(&idr, &things[4], 0) == NULL);
	pr_cont(" %d", idr_replace(&idr, &things[5], 0) == &things[4]);
	pr_cont(" %ld\n", PTR_ERR(idr_replace(&idr, &things[5], 100)));
	pr_info("find: %d %d", idr_find(&idr, 6) == &things[1], idr_find(&idr, 9) == NULL);
	pr_cont(", remove: %d", idr_remove(&idr, 6) == &things[1]);
	pr_cont(" %d\n", idr_remove(&idr, 6) == NULL);
	pr_info("for each:");
	pr_cont(" = %d;", idr_for_each(&idr, tell, &last));
	pr_cont(" = %d; entries:", idr_for_each(&idr, tell, &stop));
	idr_for_each_entry(&idr, entry, id)
		pr_cont(" %d", id);
	id = 6;
	pr_cont("; from 6:");
	idr_for_each_entry_continue(&idr, entry, id)
		pr_cont(" %d", id);
	pr_cont("\n");
	pr_info("u32: %d", idr_alloc_u32(&idr, &things[6], &wide, UINT_MAX, GFP_KERNEL));
	pr_cont(" -> %u", wide);
	wide = UINT_MAX;
	pr_cont(", %d", idr_alloc_u32(&idr, &things[7], &wide, UINT_MAX, GFP_KERNEL));
	pr_cont(" %d; the last: ", idr_alloc_u32(&idr, &things[7], &wide, UINT_MAX, GFP_KERNEL));
	idr_for_each_entry_ul(&idr, entry, next, ul)
		if (ul > 8)
			pr_cont("%lu\n", ul);
	idr_destroy(&idr);
	pr_info("cyclic:");
	for (id = 0; id < 5; id++) {
		pr_cont(" %d", idr_alloc_cyclic(&idr, &things[0], 2, 5, GFP_KERNEL));
		if (id == 1)
			idr_remove(&idr, 2);
	}
	pr_cont(", cursor %u\n", idr_get_cursor(&idr));
	idr_destroy(&idr);
	idr_init_base(&based, 1);
	pr_info("based: %d", idr_alloc(&based, &things[0], 0, 0, GFP_KERNEL));
	pr_cont(" %d, empty %d", idr_find(&based, 1) == &things[0], idr_is_empty(&based));
	idr_remove(&based, 1);
	pr_cont(" %d\n", idr_is_empty(&based));
	idr_preload(GFP_KERNEL);
	pr_info("preloaded: atomic %d", in_atomic());
	idr_preload_end();
	pr_cont(", then %d\n", in_atomic());
}

static void alone(void)
{
	int i, sum = 0;

	for (i = 0; i < 3 * IDA_BITMAP_BITS; i++)
		sum += ida_alloc(&ida, GFP_KERNEL) == i;
	pr_info("ida: %d in order of %zu in a block", sum, IDA_BITMAP_BITS);
	ida_free(&ida, 1500);
	ida_free(&ida, 20);
	pr_cont(", freed: %d", ida_alloc_min(&ida, 21, GFP_KERNEL));
	pr_cont(" %d", ida_alloc_max(&ida, 19, GFP_KERNEL));
	pr_cont(" %d", ida_alloc_range(&ida, 10, 100, GFP_KERNEL));
	pr_cont(" %d", ida_simple_get(&ida, 5000, 5002, GFP_KERNEL));
	pr_cont(" %d", ida_simple_get(&ida, 5000, 5002, GFP_KERNEL));
	pr_cont(" %d", ida_simple_get(&ida, 5000, 5002, GFP_KERNEL));
	pr_cont(" %d\n", ida_alloc_min(&ida, INT_MAX, GFP_KERNEL));
	pr_info("exists: %d %d, the first from 3072: %d\n", ida_exists(&ida, 5001), ida_exists(&ida, 5002),
		ida_find_first_range(&ida, 3072, INT_MAX));
	ida_free(&ida, 4000);
	ida_free(&ida, 20);
	ida_free(&ida, 20);
	ida_destroy(&ida);
	pr_info("empty: %d\n", ida_is_empty(&ida));
}

static int __init idr_test_init(void)
{
	pointers();
	alone();
	return 0;
}

static void __exit idr_test_exit(void)
{
}

module_init(idr_test_init);
module_exit(idr_test_exit);
MODULE_LICENSE("Dual MIT/Apache-2.0");

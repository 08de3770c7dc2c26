// SPDX-License-Identifier: MIT OR Apache-2.0
/* Numbers for pointers, and numbers alone: which one is given, which errors there are, in which order they are walked. */
#include "ask.h"
#include <linux/idr.h>

static int things[8];

static DEFINE_IDR(defined);

static int numbered(int id, void *thing, void *data)
{
	char *text = data;
	size_t length = strlen(text);

	snprintf(text + length, 40 - length, "%d:%d ", id, (int)((int *)thing - things));
	return id == 20 ? 7 : 0;
}

static int which(void *thing)
{
	return thing ? (int)((int *)thing - things) : -1;
}

CASE(alloc, "DEFINE_IDR idr_init idr_alloc idr_is_empty idr_find idr_remove idr_destroy idr")
{
	struct idr idr;
	int ids[6];

	idr_init(&idr);
	answer("empty=%d,%d find_of_none=%d remove_of_none=%d", idr_is_empty(&defined), idr_is_empty(&idr),
	       which(idr_find(&idr, 0)), which(idr_remove(&idr, 0)));
	ids[0] = idr_alloc(&idr, &things[0], 0, 0, GFP_KERNEL);
	ids[1] = idr_alloc(&idr, &things[1], 0, 0, GFP_KERNEL);
	ids[2] = idr_alloc(&idr, &things[2], 10, 12, GFP_KERNEL);
	ids[3] = idr_alloc(&idr, &things[3], 10, 12, GFP_KERNEL);
	ids[4] = idr_alloc(&idr, &things[4], 10, 12, GFP_KERNEL);
	ids[5] = idr_alloc(&idr, &things[5], 5, 5, GFP_KERNEL);
	answer("ids=%d,%d,%d,%d full=%d no_range=%d", ids[0], ids[1], ids[2], ids[3], ids[4], ids[5]);
	answer("empty=%d find=%d,%d,%d beyond=%d negative=%d", idr_is_empty(&idr), which(idr_find(&idr, 0)),
	       which(idr_find(&idr, 1)), which(idr_find(&idr, 11)), which(idr_find(&idr, 100000)),
	       which(idr_find(&idr, -1)));
	ids[0] = which(idr_remove(&idr, 0));
	ids[1] = which(idr_remove(&idr, 0));
	ids[2] = idr_alloc(&idr, &things[6], 0, 0, GFP_KERNEL);
	answer("remove=%d twice=%d again=%d", ids[0], ids[1], ids[2]);
	ids[0] = idr_alloc(&idr, &things[7], INT_MAX, 0, GFP_KERNEL);
	ids[1] = idr_alloc(&idr, &things[7], INT_MAX, 0, GFP_KERNEL);
	answer("last=%d then=%d", ids[0], ids[1]);
	/* A null pointer has a number, too. */
	ids[0] = idr_alloc(&idr, NULL, 30, 0, GFP_KERNEL);
	ids[1] = idr_alloc(&idr, NULL, 30, 0, GFP_KERNEL);
	answer("of_null=%d then=%d find=%d", ids[0], ids[1], which(idr_find(&idr, 30)));
	idr_destroy(&idr);
	answer("destroyed empty=%d", idr_is_empty(&idr));
}

CASE(alloc_u32, "idr_alloc_u32 IDR_INIT_BASE idr_init_base")
{
	struct idr idr;
	struct idr initialized = IDR_INIT_BASE(initialized, 3);
	u32 id = 5, then = 5, large = 0xfffffff0, then_large = 0xfffffff0;
	int ret, second;

	idr_init(&idr);
	ret = idr_alloc_u32(&idr, &things[0], &id, 5, GFP_KERNEL);
	second = idr_alloc_u32(&idr, &things[1], &then, 5, GFP_KERNEL);
	answer("ret=%d id=%u then=%d", ret, id, second);
	ret = idr_alloc_u32(&idr, &things[2], &large, 0xffffffff, GFP_KERNEL);
	second = idr_alloc_u32(&idr, &things[2], &then_large, 0xffffffff, GFP_KERNEL);
	answer("large=%d,%u then=%d,%u find=%d", ret, large, second, then_large, which(idr_find(&idr, 0xfffffff0ul)));
	idr_destroy(&idr);
	idr_init_base(&idr, 7);
	ret = idr_alloc(&idr, &things[0], 0, 0, GFP_KERNEL);
	second = idr_alloc(&idr, &things[1], 9, 0, GFP_KERNEL);
	answer("base=7 ids=%d,%d find=%d,%d", ret, second, which(idr_find(&idr, 7)), which(idr_find(&idr, 9)));
	idr_destroy(&idr);
	ret = idr_alloc(&initialized, &things[0], 3, 0, GFP_KERNEL);
	answer("initialized base=3 id=%d find=%d", ret, which(idr_find(&initialized, 3)));
	idr_destroy(&initialized);
}

CASE(cyclic, "idr_alloc_cyclic idr_get_cursor idr_set_cursor")
{
	struct idr idr;
	int ids[6], i;

	idr_init(&idr);
	for (i = 0; i < 3; i++)
		ids[i] = idr_alloc_cyclic(&idr, &things[i], 1, 4, GFP_KERNEL);
	answer("ids=%d,%d,%d cursor=%u", ids[0], ids[1], ids[2], idr_get_cursor(&idr));
	ids[0] = idr_alloc_cyclic(&idr, &things[3], 1, 4, GFP_KERNEL);
	idr_remove(&idr, 1);
	idr_remove(&idr, 2);
	ids[1] = idr_alloc_cyclic(&idr, &things[3], 1, 4, GFP_KERNEL);
	answer("full=%d after_removal=%d cursor=%u", ids[0], ids[1], idr_get_cursor(&idr));
	idr_remove(&idr, 1);
	ids[0] = idr_alloc_cyclic(&idr, &things[3], 1, 4, GFP_KERNEL);
	answer("not_the_one_just_removed=%d", ids[0]);
	idr_set_cursor(&idr, 50);
	ids[0] = idr_alloc_cyclic(&idr, &things[3], 0, 0, GFP_KERNEL);
	answer("set_cursor=%d cursor=%u", ids[0], idr_get_cursor(&idr));
	idr_destroy(&idr);
}

CASE(replace, "idr_replace IS_ERR PTR_ERR")
{
	struct idr idr;
	void *old, *none, *beyond;

	idr_init(&idr);
	idr_alloc(&idr, &things[0], 4, 0, GFP_KERNEL);
	old = idr_replace(&idr, &things[1], 4);
	none = idr_replace(&idr, &things[2], 3);
	beyond = idr_replace(&idr, &things[2], 5000);
	answer("old=%d now=%d none=%ld beyond=%ld", which(old), which(idr_find(&idr, 4)), IS_ERR(none) ? PTR_ERR(none) : 0,
	       IS_ERR(beyond) ? PTR_ERR(beyond) : 0);
	idr_destroy(&idr);
}

CASE(walk, "idr_for_each idr_get_next idr_for_each_entry idr_for_each_entry_continue idr_get_next_ul"
	   " idr_for_each_entry_ul")
{
	struct idr idr;
	char text[40] = "";
	unsigned long long_id, tmp;
	int *thing;
	int id, ret;

	idr_init(&idr);
	id = 0;
	answer("next_of_none=%d", which(idr_get_next(&idr, &id)));
	idr_alloc(&idr, &things[3], 300, 0, GFP_KERNEL);
	idr_alloc(&idr, &things[1], 2, 0, GFP_KERNEL);
	idr_alloc(&idr, &things[2], 20, 0, GFP_KERNEL);
	ret = idr_for_each(&idr, numbered, text);
	answer("for_each=%d [%s]", ret, text);
	id = 3;
	thing = idr_get_next(&idr, &id);
	answer("next_of_3=%d id=%d", which(thing), id);
	id = 301;
	thing = idr_get_next(&idr, &id);
	answer("next_of_301=%d id=%d", which(thing), id);
	long_id = 21;
	thing = idr_get_next_ul(&idr, &long_id);
	answer("next_ul_of_21=%d id=%lu", which(thing), long_id);
	text[0] = 0;
	idr_for_each_entry(&idr, thing, id)
		numbered(id, thing, text);
	answer("entries=[%s]", text);
	text[0] = 0;
	id = 3;
	idr_for_each_entry_continue(&idr, thing, id)
		numbered(id, thing, text);
	answer("continue=[%s]", text);
	text[0] = 0;
	idr_for_each_entry_ul(&idr, thing, tmp, long_id) {
		numbered(long_id, thing, text);
		idr_remove(&idr, long_id);
	}
	answer("ul=[%s] empty=%d", text, idr_is_empty(&idr));
	idr_destroy(&idr);
}

static DEFINE_IDA(ida_defined);

CASE(ida, "DEFINE_IDA ida_init ida_alloc ida_alloc_min ida_alloc_max ida_alloc_range ida_free ida_is_empty ida_destroy"
	  " ida")
{
	struct ida ida;
	int ids[5];

	ida_init(&ida);
	answer("empty=%d,%d", ida_is_empty(&ida_defined), ida_is_empty(&ida));
	ids[0] = ida_alloc(&ida, GFP_KERNEL);
	ids[1] = ida_alloc(&ida, GFP_KERNEL);
	ids[2] = ida_alloc_min(&ida, 100, GFP_KERNEL);
	ids[3] = ida_alloc_max(&ida, 2, GFP_KERNEL);
	ids[4] = ida_alloc_max(&ida, 2, GFP_KERNEL);
	answer("ids=%d,%d min=%d max=%d full=%d", ids[0], ids[1], ids[2], ids[3], ids[4]);
	ids[0] = ida_alloc_range(&ida, 5, 6, GFP_KERNEL);
	ids[1] = ida_alloc_range(&ida, 5, 6, GFP_KERNEL);
	ids[2] = ida_alloc_range(&ida, 5, 6, GFP_KERNEL);
	ids[3] = ida_alloc_range(&ida, 6, 5, GFP_KERNEL);
	ids[4] = ida_alloc_range(&ida, 0x80000000, 0xffffffff, GFP_KERNEL);
	answer("range=%d,%d full=%d upside_down=%d too_large=%d", ids[0], ids[1], ids[2], ids[3], ids[4]);
	ida_free(&ida, 1);
	ids[0] = ida_alloc(&ida, GFP_KERNEL);
	ids[1] = ida_alloc(&ida, GFP_KERNEL);
	ids[2] = ida_alloc_min(&ida, 1000000, GFP_KERNEL);
	answer("after_free=%d then=%d far=%d empty=%d", ids[0], ids[1], ids[2], ida_is_empty(&ida));
	ida_destroy(&ida);
	answer("destroyed empty=%d", ida_is_empty(&ida));
	answer("alloc=%d", ida_alloc(&ida, GFP_KERNEL));
	ida_free(&ida, 0);
	answer("freed empty=%d", ida_is_empty(&ida));
}

CASE(ida_simple, "ida_simple_get ida_simple_remove")
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
	struct ida ida;
	int ids[4];

	ida_init(&ida);
	ids[0] = ida_simple_get(&ida, 0, 0, GFP_KERNEL);
	ids[1] = ida_simple_get(&ida, 3, 5, GFP_KERNEL);
	ids[2] = ida_simple_get(&ida, 3, 5, GFP_KERNEL);
	ids[3] = ida_simple_get(&ida, 3, 5, GFP_KERNEL);
	answer("ids=%d,%d,%d full=%d", ids[0], ids[1], ids[2], ids[3]);
	ida_simple_remove(&ida, 3);
	answer("again=%d", ida_simple_get(&ida, 0, 5, GFP_KERNEL));
	ida_destroy(&ida);
#endif
}

ASK_MODULE(&case_alloc, &case_alloc_u32, &case_cyclic, &case_replace, &case_walk, &case_ida, &case_ida_simple);

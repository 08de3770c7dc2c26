// SPDX-License-Identifier: MIT OR Apache-2.0
/* Arrays that grow with their indices: what is stored and found, what is returned, marks, limits and numbers as entries. */
#include "ask.h"
#include <linux/xarray.h>

static int things[8];

static int which(void *thing)
{
	if (xa_is_err(thing))
		return xa_err(thing);
	if (xa_is_value(thing))
		return 1000 + (int)xa_to_value(thing);
	return thing ? (int)((int *)thing - things) : -1;
}

static DEFINE_XARRAY(defined);

CASE(store, "DEFINE_XARRAY xa_init xa_store xa_load xa_erase xa_empty xa_destroy xa_err xa_is_err xarray")
{
	struct xarray xa;
	int ret[4];

	xa_init(&xa);
	answer("empty=%d,%d load_of_none=%d erase_of_none=%d", xa_empty(&defined), xa_empty(&xa), which(xa_load(&xa, 0)),
	       which(xa_erase(&xa, 0)));
	ret[0] = which(xa_store(&xa, 0, &things[0], GFP_KERNEL));
	ret[1] = which(xa_store(&xa, 70, &things[1], GFP_KERNEL));
	ret[2] = which(xa_store(&xa, 70, &things[2], GFP_KERNEL));
	ret[3] = which(xa_store(&xa, ULONG_MAX, &things[3], GFP_KERNEL));
	answer("store=%d,%d again=%d last=%d", ret[0], ret[1], ret[2], ret[3]);
	answer("load=%d,%d,%d between=%d empty=%d", which(xa_load(&xa, 0)), which(xa_load(&xa, 70)),
	       which(xa_load(&xa, ULONG_MAX)), which(xa_load(&xa, 69)), xa_empty(&xa));
	ret[0] = which(xa_store(&xa, 0, NULL, GFP_KERNEL));
	ret[1] = which(xa_erase(&xa, 70));
	ret[2] = which(xa_erase(&xa, 70));
	answer("store_null=%d erase=%d twice=%d empty=%d", ret[0], ret[1], ret[2], xa_empty(&xa));
	xa_destroy(&xa);
	answer("destroyed empty=%d", xa_empty(&xa));
}

CASE(insert, "xa_insert xa_cmpxchg xa_reserve xa_release")
{
	struct xarray xa;
	int ret[5];

	xa_init(&xa);
	ret[0] = xa_insert(&xa, 5, &things[0], GFP_KERNEL);
	ret[1] = xa_insert(&xa, 5, &things[1], GFP_KERNEL);
	answer("insert=%d twice=%d load=%d", ret[0], ret[1], which(xa_load(&xa, 5)));
	ret[0] = which(xa_cmpxchg(&xa, 5, &things[0], &things[2], GFP_KERNEL));
	ret[1] = which(xa_cmpxchg(&xa, 5, &things[0], &things[3], GFP_KERNEL));
	ret[2] = which(xa_cmpxchg(&xa, 6, NULL, &things[4], GFP_KERNEL));
	ret[3] = which(xa_cmpxchg(&xa, 5, &things[2], NULL, GFP_KERNEL));
	answer("cmpxchg=%d other=%d of_none=%d to_null=%d", ret[0], ret[1], ret[2], ret[3]);
	answer("load=%d,%d", which(xa_load(&xa, 5)), which(xa_load(&xa, 6)));
	ret[0] = xa_reserve(&xa, 9, GFP_KERNEL);
	ret[1] = which(xa_load(&xa, 9));
	ret[2] = xa_insert(&xa, 9, &things[5], GFP_KERNEL);
	ret[3] = which(xa_store(&xa, 9, &things[5], GFP_KERNEL));
	answer("reserve=%d load=%d insert=%d store=%d", ret[0], ret[1], ret[2], ret[3]);
	xa_release(&xa, 9);
	ret[0] = which(xa_load(&xa, 9));
	xa_erase(&xa, 9);
	xa_erase(&xa, 6);
	xa_reserve(&xa, 9, GFP_KERNEL);
	ret[1] = xa_empty(&xa);
	xa_release(&xa, 9);
	answer("release_of_used=%d reserved_is_empty=%d released_is_empty=%d", ret[0], ret[1], xa_empty(&xa));
	xa_destroy(&xa);
}

static DEFINE_XARRAY_ALLOC(allocating);
static DEFINE_XARRAY_ALLOC1(allocating_from_1);

CASE(alloc, "DEFINE_XARRAY_ALLOC DEFINE_XARRAY_ALLOC1 XA_FLAGS_ALLOC xa_init_flags xa_alloc xa_limit_32b xa_limit_31b"
	    " XA_LIMIT")
{
	struct xarray xa;
	u32 id[5];
	int ret[5];

	ret[0] = xa_alloc(&allocating, &id[0], &things[0], xa_limit_32b, GFP_KERNEL);
	ret[1] = xa_alloc(&allocating, &id[1], &things[1], xa_limit_31b, GFP_KERNEL);
	ret[2] = xa_alloc(&allocating_from_1, &id[2], &things[2], xa_limit_32b, GFP_KERNEL);
	answer("ret=%d,%d id=%u,%u from_1=%d,%u", ret[0], ret[1], id[0], id[1], ret[2], id[2]);
	xa_init_flags(&xa, XA_FLAGS_ALLOC);
	ret[0] = xa_alloc(&xa, &id[0], &things[0], XA_LIMIT(5, 6), GFP_KERNEL);
	ret[1] = xa_alloc(&xa, &id[1], &things[1], XA_LIMIT(5, 6), GFP_KERNEL);
	ret[2] = xa_alloc(&xa, &id[2], &things[2], XA_LIMIT(5, 6), GFP_KERNEL);
	answer("limit=%d,%d id=%u,%u full=%d", ret[0], ret[1], id[0], id[1], ret[2]);
	/* Null takes a number, and is not there. */
	ret[0] = xa_alloc(&xa, &id[0], NULL, xa_limit_32b, GFP_KERNEL);
	ret[1] = xa_alloc(&xa, &id[1], NULL, xa_limit_32b, GFP_KERNEL);
	answer("null=%d,%d id=%u,%u load=%d", ret[0], ret[1], id[0], id[1], which(xa_load(&xa, 0)));
	xa_erase(&xa, 5);
	ret[0] = xa_alloc(&xa, &id[0], &things[3], XA_LIMIT(3, 9), GFP_KERNEL);
	ret[1] = xa_alloc(&xa, &id[1], &things[3], XA_LIMIT(3, 9), GFP_KERNEL);
	ret[2] = xa_alloc(&xa, &id[2], &things[3], XA_LIMIT(3, 9), GFP_KERNEL);
	answer("lowest=%u,%u,%u", id[0], id[1], id[2]);
	xa_destroy(&xa);
	xa_destroy(&allocating);
	xa_destroy(&allocating_from_1);
}

CASE(alloc_cyclic, "xa_alloc_cyclic XA_FLAGS_ALLOC1")
{
	struct xarray xa;
	u32 id = 77, next = 0;
	int i, ret;

	xa_init_flags(&xa, XA_FLAGS_ALLOC1);
	for (i = 0; i < 5; i++) {
		ret = xa_alloc_cyclic(&xa, &id, &things[i], XA_LIMIT(1, 3), &next, GFP_KERNEL);
		answer("ret=%d id=%u next=%u", ret, id, next);
		if (i == 2)
			xa_erase(&xa, 2);
	}
	xa_destroy(&xa);
}

CASE(find, "xa_find xa_find_after xa_for_each xa_for_each_start xa_for_each_range xa_for_each_marked XA_PRESENT")
{
	struct xarray xa;
	char text[40] = "";
	unsigned long index = 0;
	void *entry;
	int length = 0;

	xa_init(&xa);
	answer("of_none=%d", which(xa_find(&xa, &index, ULONG_MAX, XA_PRESENT)));
	xa_store(&xa, 3, &things[0], GFP_KERNEL);
	xa_store(&xa, 300, &things[2], GFP_KERNEL);
	xa_store(&xa, 40, &things[1], GFP_KERNEL);
	xa_set_mark(&xa, 40, XA_MARK_1);
	entry = xa_find(&xa, &index, ULONG_MAX, XA_PRESENT);
	answer("find=%d index=%lu", which(entry), index);
	entry = xa_find(&xa, &index, ULONG_MAX, XA_PRESENT);
	answer("again=%d index=%lu", which(entry), index);
	entry = xa_find_after(&xa, &index, ULONG_MAX, XA_PRESENT);
	answer("after=%d index=%lu", which(entry), index);
	entry = xa_find_after(&xa, &index, 299, XA_PRESENT);
	answer("up_to_299=%d index=%lu", which(entry), index);
	index = 0;
	entry = xa_find(&xa, &index, ULONG_MAX, XA_MARK_1);
	answer("marked=%d index=%lu", which(entry), index);
	xa_for_each(&xa, index, entry)
		length += snprintf(text + length, sizeof(text) - length, "%lu:%d ", index, which(entry));
	answer("each=[%s]", text);
	length = 0;
	xa_for_each_start(&xa, index, entry, 4)
		length += snprintf(text + length, sizeof(text) - length, "%lu:%d ", index, which(entry));
	answer("start=[%s]", text);
	length = 0;
	xa_for_each_range(&xa, index, entry, 3, 40)
		length += snprintf(text + length, sizeof(text) - length, "%lu:%d ", index, which(entry));
	answer("range=[%s]", text);
	length = 0;
	xa_for_each_marked(&xa, index, entry, XA_MARK_1)
		length += snprintf(text + length, sizeof(text) - length, "%lu:%d ", index, which(entry));
	answer("marks=[%s]", text);
	xa_destroy(&xa);
}

CASE(marks, "xa_set_mark xa_get_mark xa_clear_mark xa_marked XA_MARK_0 XA_MARK_2 xa_extract")
{
	struct xarray xa;
	void *to[4];
	unsigned int n;

	xa_init(&xa);
	xa_store(&xa, 1, &things[1], GFP_KERNEL);
	xa_store(&xa, 200, &things[2], GFP_KERNEL);
	xa_set_mark(&xa, 1, XA_MARK_0);
	xa_set_mark(&xa, 2, XA_MARK_2);
	answer("get=%d other=%d of_none=%d marked=%d,%d", xa_get_mark(&xa, 1, XA_MARK_0), xa_get_mark(&xa, 1, XA_MARK_2),
	       xa_get_mark(&xa, 2, XA_MARK_2), xa_marked(&xa, XA_MARK_0), xa_marked(&xa, XA_MARK_2));
	xa_store(&xa, 1, &things[3], GFP_KERNEL);
	answer("after_store=%d", xa_get_mark(&xa, 1, XA_MARK_0));
	n = xa_extract(&xa, to, 0, ULONG_MAX, ARRAY_SIZE(to), XA_PRESENT);
	answer("extract=%u first=%d second=%d", n, which(to[0]), which(to[1]));
	n = xa_extract(&xa, to, 0, ULONG_MAX, ARRAY_SIZE(to), XA_MARK_0);
	answer("extract_marked=%u first=%d", n, which(to[0]));
	xa_clear_mark(&xa, 1, XA_MARK_0);
	answer("cleared=%d marked=%d", xa_get_mark(&xa, 1, XA_MARK_0), xa_marked(&xa, XA_MARK_0));
	xa_set_mark(&xa, 200, XA_MARK_2);
	xa_erase(&xa, 200);
	xa_store(&xa, 200, &things[2], GFP_KERNEL);
	answer("after_erase=%d marked=%d", xa_get_mark(&xa, 200, XA_MARK_2), xa_marked(&xa, XA_MARK_2));
	xa_destroy(&xa);
}

CASE(values, "xa_mk_value xa_to_value xa_is_value xa_tag_pointer xa_untag_pointer xa_pointer_tag")
{
	struct xarray xa;
	void *value = xa_mk_value(42), *tagged;
	int ret[2];

	answer("is=%d,%d to=%lu null_is=%d", xa_is_value(value), xa_is_value(things), xa_to_value(value),
	       xa_is_value(NULL));
	xa_init(&xa);
	ret[0] = which(xa_store(&xa, 8, value, GFP_KERNEL));
	ret[1] = which(xa_store(&xa, 8, xa_mk_value(0), GFP_KERNEL));
	answer("store=%d again=%d load=%d", ret[0], ret[1], which(xa_load(&xa, 8)));
	xa_destroy(&xa);
	tagged = xa_tag_pointer(&things[1], 1);
	answer("tag=%u pointer=%d", xa_pointer_tag(tagged), which(xa_untag_pointer(tagged)));
}

CASE(locked, "xa_lock xa_unlock __xa_store __xa_erase __xa_insert __xa_cmpxchg __xa_set_mark __xa_clear_mark __xa_alloc"
	     " xa_trylock xa_store_bh xa_erase_bh xa_store_irq xa_erase_irq xa_lock_irqsave xa_unlock_irqrestore")
{
	struct xarray xa;
	unsigned long flags;
	u32 id;
	int ret[6];

	xa_init_flags(&xa, XA_FLAGS_ALLOC | XA_FLAGS_LOCK_IRQ);
	xa_lock_irqsave(&xa, flags);
	ret[0] = which(__xa_store(&xa, 1, &things[1], GFP_ATOMIC));
	ret[1] = __xa_insert(&xa, 1, &things[2], GFP_ATOMIC);
	ret[2] = which(__xa_cmpxchg(&xa, 1, &things[1], &things[3], GFP_ATOMIC));
	ret[3] = __xa_alloc(&xa, &id, &things[4], XA_LIMIT(1, 9), GFP_ATOMIC);
	__xa_set_mark(&xa, 1, XA_MARK_0);
	ret[4] = xa_get_mark(&xa, 1, XA_MARK_0);
	__xa_clear_mark(&xa, 1, XA_MARK_0);
	ret[5] = which(__xa_erase(&xa, 1));
	xa_unlock_irqrestore(&xa, flags);
	answer("store=%d insert=%d cmpxchg=%d alloc=%d,%u mark=%d erase=%d", ret[0], ret[1], ret[2], ret[3], id, ret[4],
	       ret[5]);
	ret[0] = which(xa_store_irq(&xa, 2, &things[5], GFP_KERNEL));
	ret[1] = which(xa_erase_irq(&xa, 2));
	answer("irq store=%d erase=%d", ret[0], ret[1]);
	xa_destroy(&xa);
	xa_init_flags(&xa, XA_FLAGS_LOCK_BH);
	ret[0] = which(xa_store_bh(&xa, 2, &things[5], GFP_KERNEL));
	ret[1] = which(xa_erase_bh(&xa, 2));
	answer("bh store=%d erase=%d", ret[0], ret[1]);
	xa_destroy(&xa);
	xa_init(&xa);
	ret[0] = xa_trylock(&xa);
	xa_unlock(&xa);
	xa_lock(&xa);
	ret[1] = which(__xa_store(&xa, 0, &things[0], GFP_ATOMIC));
	xa_unlock(&xa);
	answer("trylock=%d store=%d", ret[0], ret[1]);
	xa_destroy(&xa);
}

/* Several indices that are one entry. */
CASE(range, "xa_store_range xa_get_order xa_store xa_erase xa_load")
{
#ifdef CONFIG_XARRAY_MULTI
	struct xarray xa;
	int ret[2];

	xa_init(&xa);
	ret[0] = which(xa_store_range(&xa, 8, 15, &things[1], GFP_KERNEL));
	answer("store=%d load=%d,%d,%d,%d order=%d", ret[0], which(xa_load(&xa, 7)), which(xa_load(&xa, 8)),
	       which(xa_load(&xa, 15)), which(xa_load(&xa, 16)), xa_get_order(&xa, 10));
	ret[0] = which(xa_erase(&xa, 12));
	answer("erase=%d load=%d,%d empty=%d", ret[0], which(xa_load(&xa, 8)), which(xa_load(&xa, 15)), xa_empty(&xa));
	answer("upside_down=%d", which(xa_store_range(&xa, 5, 4, &things[1], GFP_KERNEL)));
	xa_destroy(&xa);
#endif
}

CASE(state, "XA_STATE xas_load xas_store xas_lock xas_unlock xas_for_each xas_next xas_prev xas_find xas_set xas_error"
	    " xas_nomem xas_retry")
{
	struct xarray xa;
	XA_STATE(xas, &xa, 4);
	char text[40] = "";
	void *entry;
	int length = 0, rounds = 0, i;

	xa_init(&xa);
	do {
		xas_lock(&xas);
		xas_store(&xas, &things[1]);
		xas_unlock(&xas);
		rounds++;
	} while (xas_nomem(&xas, GFP_KERNEL));
	answer("error=%d load=%d at_least_once=%d", xas_error(&xas), which(xa_load(&xa, 4)), rounds >= 1);
	for (i = 5; i < 8; i++)
		xa_store(&xa, i, &things[i - 3], GFP_KERNEL);
	rcu_read_lock();
	xas_set(&xas, 0);
	xas_for_each(&xas, entry, ULONG_MAX)
		length += snprintf(text + length, sizeof(text) - length, "%lu:%d ", xas.xa_index, which(entry));
	answer("each=[%s]", text);
	xas_set(&xas, 5);
	length = which(xas_load(&xas));
	i = which(xas_next(&xas));
	answer("load=%d next=%d index=%lu", length, i, xas.xa_index);
	i = which(xas_prev(&xas));
	length = which(xas_prev(&xas));
	answer("prev=%d,%d index=%lu", i, length, xas.xa_index);
	xas_set(&xas, 6);
	i = which(xas_find(&xas, 6));
	length = which(xas_find(&xas, 6));
	answer("find=%d then=%d retry=%d", i, length, xas_retry(&xas, NULL));
	rcu_read_unlock();
	xa_destroy(&xa);
}

ASK_MODULE(&case_store, &case_insert, &case_alloc, &case_alloc_cyclic, &case_find, &case_marks, &case_values,
	   &case_locked, &case_range, &case_state);

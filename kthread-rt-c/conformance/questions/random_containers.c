// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Random calls to lists, queues in a ring, tables of ids and xarrays: what each returns, and what
 * they hold then.
 */
#include "random.h"
#include <linux/idr.h>
#include <linux/kfifo.h>
#include <linux/list.h>
#include <linux/notifier.h>
#include <linux/plist.h>
#include <linux/xarray.h>

static char said[600];

#define say(format, ...) snprintf(said + strlen(said), sizeof(said) - strlen(said), " " format, ##__VA_ARGS__)

struct item {
	struct list_head node;
	int number;
};

static void say_list(struct list_head *list)
{
	struct item *item;

	say("[");
	list_for_each_entry(item, list, node)
		say("%d", item->number);
	say("]");
}

CASE(lists, "list_add list_add_tail list_del_init list_move list_move_tail list_splice_init list_splice_tail_init list_rotate_left"
	    " list_cut_before list_is_singular")
{
	static struct item items[6];
	unsigned int round;
	int step, i;

	for (round = 0; round < 30; round++) {
		LIST_HEAD(a);
		LIST_HEAD(b);

		random_begin(round);
		for (i = 0; i < ARRAY_SIZE(items); i++) {
			INIT_LIST_HEAD(&items[i].node);
			items[i].number = i;
		}
		said[0] = '\0';
		for (step = 0; step < 10; step++) {
			struct item *item = &items[random_below(6)];
			struct list_head *to = random_of(&a, &b), *other = to == &a ? &b : &a;

			switch (random_below(9)) {
			case 0:
			case 1:
			case 2:
				if (list_empty(&item->node))
					list_add(&item->node, to);
				else
					list_move_tail(&item->node, to);
				break;
			case 3:
				if (list_empty(&item->node))
					list_add_tail(&item->node, to);
				else
					list_move(&item->node, to);
				break;
			case 4:
				list_del_init(&item->node);
				break;
			case 5:
				list_splice_init(other, to);
				break;
			case 6:
				list_splice_tail_init(other, to);
				break;
			case 7:
				list_rotate_left(to);
				break;
			case 8:
				if (!list_empty(to)) {
					list_splice_init(other, to);
					list_cut_before(other, to, to->prev);
				}
				break;
			}
			say("%d,%d", list_is_singular(&a), list_empty(&b));
		}
		say_list(&a);
		say_list(&b);
		answer("%u%s", round, said);
	}
}

CASE(rings, "kfifo_in kfifo_out kfifo_out_peek kfifo_len kfifo_avail kfifo_put kfifo_get")
{
	unsigned int round;
	int step;

	for (round = 0; round < 25; round++) {
		DECLARE_KFIFO(fifo, u16, 16);
		u16 buffer[20], next = 1, got;
		unsigned int i, n, want;

		INIT_KFIFO(fifo);
		random_begin(round);
		said[0] = '\0';
		for (step = 0; step < 14; step++) {
			want = random_below(20);
			got = 0;
			memset(buffer, 0, sizeof(buffer));
			switch (random_below(6)) {
			case 0:
			case 1:
				for (i = 0; i < want; i++)
					buffer[i] = next + i;
				n = kfifo_in(&fifo, buffer, want);
				next += n;
				say("in%u=%u", want, n);
				break;
			case 2:
				n = kfifo_out(&fifo, buffer, want);
				say("out%u=%u,%u,%u", want, n, buffer[0], n ? buffer[n - 1] : 0);
				break;
			case 3:
				n = kfifo_put(&fifo, next);
				next += n;
				say("put=%u", n);
				break;
			case 4:
				n = kfifo_get(&fifo, &got);
				say("get=%u,%u", n, got);
				break;
			case 5:
				n = kfifo_out_peek(&fifo, buffer, want);
				say("peek%u=%u,%u", want, n, buffer[0]);
				break;
			}
			say("/%u,%u", kfifo_len(&fifo), kfifo_avail(&fifo));
		}
		answer("%u%s", round, said);
	}
}

CASE(ids, "idr_alloc idr_alloc_cyclic idr_remove idr_find idr_replace idr_get_next idr_is_empty idr_destroy")
{
	unsigned int round;
	int step;

	for (round = 0; round < 30; round++) {
		DEFINE_IDR(idr);
		static int values[4];
		void *entry;
		int id;

		random_begin(round);
		said[0] = '\0';
		for (step = 0; step < 14; step++) {
			int begin = random_of(0, 1, 5, 63, 64, 4095), end = begin + random_of(0, 1, 2, 70, 100000);
			void *value = &values[random_below(4)];

			id = begin + random_below(3);
			switch (random_below(7)) {
			case 0:
			case 1:
				say("alloc%d-%d=%d", begin, end, idr_alloc(&idr, value, begin, end, GFP_KERNEL));
				break;
			case 2:
				say("cyclic%d-%d=%d", begin, end, idr_alloc_cyclic(&idr, value, begin, end, GFP_KERNEL));
				break;
			case 3:
				entry = idr_remove(&idr, id);
				say("remove%d=%d", id, entry ? (int)((int *)entry - values) : -1);
				break;
			case 4:
				entry = idr_find(&idr, id);
				say("find%d=%d", id, entry ? (int)((int *)entry - values) : -1);
				break;
			case 5:
				entry = idr_replace(&idr, value, id);
				say("replace%d=%ld", id, IS_ERR(entry) ? PTR_ERR(entry) : (long)((int *)entry - values));
				break;
			case 6:
				entry = idr_get_next(&idr, &id);
				say("next=%d,%d", id, entry ? (int)((int *)entry - values) : -1);
				break;
			}
		}
		answer("%u%s empty=%d", round, said, idr_is_empty(&idr));
		idr_destroy(&idr);
	}
}

CASE(small_ids, "ida_alloc ida_alloc_min ida_alloc_max ida_alloc_range ida_free ida_is_empty ida_destroy")
{
	unsigned int round;
	int step;

	for (round = 0; round < 25; round++) {
		DEFINE_IDA(ida);
		int ids[16], count = 0;

		random_begin(round);
		said[0] = '\0';
		for (step = 0; step < 16; step++) {
			unsigned int least = random_of(0, 1, 62, 1023, 1024, 5000), most = least + random_of(0, 1, 2, 3000);
			int id = -1, at;

			switch (random_below(6)) {
			case 0:
				id = ida_alloc(&ida, GFP_KERNEL);
				break;
			case 1:
				id = ida_alloc_min(&ida, least, GFP_KERNEL);
				break;
			case 2:
				id = ida_alloc_max(&ida, random_of(0, 1, 3), GFP_KERNEL);
				break;
			case 3:
				id = ida_alloc_range(&ida, least, most, GFP_KERNEL);
				break;
			default:
				if (count) {
					at = random_below(count);
					say("free%d", ids[at]);
					ida_free(&ida, ids[at]);
					ids[at] = ids[--count];
				}
				continue;
			}
			if (id >= 0)
				ids[count++] = id;
			say("=%d", id);
		}
		answer("%u%s empty=%d", round, said, ida_is_empty(&ida));
		ida_destroy(&ida);
	}
}

CASE(arrays, "xa_store xa_erase xa_insert xa_cmpxchg xa_alloc xa_find xa_find_after xa_set_mark xa_get_mark"
	     " xa_reserve xa_release xa_for_each xa_empty xa_destroy")
{
	unsigned int round;
	int step;

	for (round = 0; round < 40; round++) {
		struct xarray xa;
		unsigned long index;
		void *entry;
		u32 id;
		int ret;

		random_begin(round);
		xa_init_flags(&xa, XA_FLAGS_ALLOC);
		said[0] = '\0';
		for (step = 0; step < 14; step++) {
			unsigned long value = random_below(9), other = random_below(9);

			index = random_of(0UL, 1UL, 5UL, 63UL, 64UL, 65UL, 4096UL, ULONG_MAX - 1, random_below(200) + 0UL);
			switch (random_below(11)) {
			case 0:
			case 1:
				entry = xa_store(&xa, index, xa_mk_value(value), GFP_KERNEL);
				say("store%lu=%ld", index, entry ? (long)xa_to_value(entry) : -1);
				break;
			case 2:
				entry = xa_erase(&xa, index);
				say("erase%lu=%ld", index, entry ? (long)xa_to_value(entry) : -1);
				break;
			case 3:
				say("insert%lu=%d", index, xa_insert(&xa, index, xa_mk_value(value), GFP_KERNEL));
				break;
			case 4:
				entry = xa_cmpxchg(&xa, index, random_below(2) ? NULL : xa_mk_value(other), xa_mk_value(value), GFP_KERNEL);
				say("cmpxchg%lu=%ld", index, entry ? (long)xa_to_value(entry) : -1);
				break;
			case 5:
				id = 777;
				ret = xa_alloc(&xa, &id, xa_mk_value(value), XA_LIMIT(random_of(0, 5, 60), random_of(5, 66)), GFP_KERNEL);
				say("alloc=%d,%u", ret, ret ? 0 : id);
				break;
			case 6:
				entry = xa_find(&xa, &index, random_of(64UL, ULONG_MAX), random_of(XA_PRESENT, XA_MARK_1));
				say("find=%ld,%lu", entry ? (long)xa_to_value(entry) : -1, entry ? index : 0);
				break;
			case 7:
				xa_set_mark(&xa, index, XA_MARK_1);
				say("mark%lu=%d", index, xa_get_mark(&xa, index, XA_MARK_1));
				break;
			case 8:
				say("reserve%lu=%d", index, xa_reserve(&xa, index, GFP_KERNEL));
				break;
			case 9:
				xa_release(&xa, index);
				say("release%lu", index);
				break;
			case 10:
				entry = xa_find_after(&xa, &index, ULONG_MAX, random_of(XA_PRESENT, XA_MARK_1));
				say("after=%ld,%lu", entry ? (long)xa_to_value(entry) : -1, entry ? index : 0);
				break;
			}
		}
		say("[");
		xa_for_each(&xa, index, entry)
			say("%lu:%ld%s", index, (long)xa_to_value(entry), xa_get_mark(&xa, index, XA_MARK_1) ? "!" : "");
		answer("%u%s ] empty=%d marked=%d", round, said, xa_empty(&xa), xa_marked(&xa, XA_MARK_1));
		xa_destroy(&xa);
	}
}

struct listener {
	struct notifier_block block;
	int number, returns;
	bool there;
};

static int hears(struct notifier_block *block, unsigned long action, void *data)
{
	struct listener *listener = container_of(block, struct listener, block);

	say("%d", listener->number);
	return listener->returns;
}

CASE(chains, "raw_notifier_chain_register raw_notifier_chain_unregister raw_notifier_call_chain notifier_to_errno notifier_from_errno")
{
	static struct listener listeners[5];
	unsigned int round;
	int step;

	for (round = 0; round < 25; round++) {
		RAW_NOTIFIER_HEAD(chain);

		random_begin(round);
		memset(listeners, 0, sizeof(listeners));
		said[0] = '\0';
		for (step = 0; step < 14; step++) {
			struct listener *one = &listeners[random_below(5)];
			int ret;

			if (random_below(3)) {
				if (!one->there) {
					one->number = one - listeners;
					one->returns = random_of(NOTIFY_DONE, NOTIFY_OK, NOTIFY_STOP, NOTIFY_BAD, notifier_from_errno(-ENOENT));
					one->block.notifier_call = hears;
					one->block.priority = random_of(0, 0, 1, -1, INT_MAX);
					ret = raw_notifier_chain_register(&chain, &one->block);
					one->there = true;
					say("add%d(%d)=%d", one->number, one->block.priority, ret);
				} else if (random_below(3) == 0) {
					one->there = false;
					say("remove%d=%d", one->number, raw_notifier_chain_unregister(&chain, &one->block));
				}
			} else {
				say("call(");
				ret = raw_notifier_call_chain(&chain, 1, NULL);
				say(")=%d,%d", ret, notifier_to_errno(ret));
			}
		}
		answer("%u%s", round, said);
	}
}

ASK_MODULE(&case_lists, &case_rings, &case_ids, &case_small_ids, &case_arrays, &case_chains);

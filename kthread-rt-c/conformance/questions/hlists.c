// SPDX-License-Identifier: MIT OR Apache-2.0
/* Lists with one pointer as their head, of hash tables, and the tables themselves. */
#include "ask.h"
#include <linux/hashtable.h>
#include <linux/list.h>

struct item {
	int n;
	struct hlist_node node;
};

static struct item items[8];

static void fill(struct hlist_head *head, int from, int to)
{
	int i;

	INIT_HLIST_HEAD(head);
	for (i = to; i >= from; i--) {
		items[i].n = i;
		INIT_HLIST_NODE(&items[i].node);
		hlist_add_head(&items[i].node, head);
	}
}

/* The items; with a question mark if one does not know who points to it. */
static const char *in(struct hlist_head *head)
{
	static char texts[4][40];
	static int turn;
	char *text = texts[turn++ & 3];
	int length = 0;
	struct hlist_node **link, *at;

	for (link = &head->first; (at = *link) && length < 30; link = &at->next) {
		text[length++] = '0' + container_of(at, struct item, node)->n;
		if (at->pprev != link)
			text[length++] = '?';
	}
	text[length] = 0;
	return text;
}

static HLIST_HEAD(declared);

CASE(empty, "HLIST_HEAD HLIST_HEAD_INIT INIT_HLIST_HEAD INIT_HLIST_NODE hlist_empty hlist_unhashed"
	    " hlist_unhashed_lockless hlist_is_singular_node hlist_head hlist_node")
{
	struct hlist_head initialized = HLIST_HEAD_INIT, head;

	answer("declared=%d initialized=%d", hlist_empty(&declared), hlist_empty(&initialized));
	INIT_HLIST_NODE(&items[1].node);
	answer("unhashed=%d lockless=%d", hlist_unhashed(&items[1].node), hlist_unhashed_lockless(&items[1].node));
	fill(&head, 1, 1);
	answer("of_1 empty=%d unhashed=%d singular=%d", hlist_empty(&head), hlist_unhashed(&items[1].node),
	       hlist_is_singular_node(&items[1].node, &head));
	fill(&head, 1, 2);
	answer("of_2 singular=%d,%d", hlist_is_singular_node(&items[1].node, &head),
	       hlist_is_singular_node(&items[2].node, &head));
}

CASE(change, "hlist_add_head hlist_add_before hlist_add_behind hlist_del hlist_del_init hlist_add_fake hlist_fake"
	     " hlist_move_list LIST_POISON1 LIST_POISON2")
{
	struct hlist_head head, other;

	fill(&head, 1, 3);
	items[5].n = 5;
	items[6].n = 6;
	hlist_add_before(&items[5].node, &items[2].node);
	hlist_add_behind(&items[6].node, &items[3].node);
	answer("added=%s", in(&head));
	hlist_del(&items[2].node);
	answer("del=%s next_is_poison=%d pprev_is_poison=%d", in(&head), items[2].node.next == LIST_POISON1,
	       items[2].node.pprev == LIST_POISON2);
	hlist_del_init(&items[1].node);
	answer("init=%s unhashed=%d", in(&head), hlist_unhashed(&items[1].node));
	hlist_del_init(&items[1].node);
	answer("init_twice=%s", in(&head));
	hlist_move_list(&head, &other);
	answer("moved=%s left=[%s]", in(&other), in(&head));
	INIT_HLIST_NODE(&items[7].node);
	answer("fake_before=%d", hlist_fake(&items[7].node));
	hlist_add_fake(&items[7].node);
	answer("fake=%d unhashed=%d", hlist_fake(&items[7].node), hlist_unhashed(&items[7].node));
	hlist_del(&items[7].node);
}

#define WALK(name, walk, value) \
	do { \
		char walked[12]; \
		int length = 0; \
		walk walked[length++] = '0' + (value); \
		walked[length] = 0; \
		answer(name "=%s", walked); \
	} while (0)

CASE(walk, "hlist_for_each hlist_for_each_safe hlist_entry hlist_entry_safe hlist_for_each_entry"
	   " hlist_for_each_entry_continue hlist_for_each_entry_from hlist_for_each_entry_safe")
{
	struct hlist_head head;
	struct hlist_node *at, *next;
	struct item *item;

	fill(&head, 1, 5);
	WALK("each", hlist_for_each(at, &head), hlist_entry(at, struct item, node)->n);
	answer("ends_at_null=%d entry_of_null=%d", !at, !hlist_entry_safe(at, struct item, node));
	WALK("entry", hlist_for_each_entry(item, &head, node), item->n);
	answer("entry_ends_at_null=%d", !item);
	item = &items[3];
	WALK("continue", hlist_for_each_entry_continue(item, node), item->n);
	item = &items[3];
	WALK("from", hlist_for_each_entry_from(item, node), item->n);
	hlist_for_each_safe(at, next, &head)
		if (hlist_entry(at, struct item, node)->n % 2)
			hlist_del(at);
	answer("safe=%s", in(&head));
	hlist_for_each_entry_safe(item, next, &head, node)
		hlist_del(&item->node);
	answer("entry_safe=[%s]", in(&head));
}

CASE(spliced, "hlist_splice_init hlist_count_nodes")
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
	struct hlist_head head, more;

	fill(&head, 1, 2);
	fill(&more, 4, 6);
	hlist_splice_init(&more, &items[6].node, &head);
	answer("spliced=%s left=[%s] count=%zu", in(&head), in(&more), hlist_count_nodes(&head));
#endif
}

static DEFINE_HASHTABLE(table, 3);
static DEFINE_READ_MOSTLY_HASHTABLE(mostly, 2);

CASE(table, "DEFINE_HASHTABLE DEFINE_READ_MOSTLY_HASHTABLE DECLARE_HASHTABLE hash_init HASH_SIZE HASH_BITS hash_empty"
	    " hash_add hash_hashed hash_del hash_for_each_possible hash_for_each_possible_safe")
{
	DECLARE_HASHTABLE(own, 4);
	struct hlist_node *next;
	struct item *item;
	int i, same = 0, others = 0;

	hash_init(own);
	answer("size=%lu,%lu,%lu bits=%d,%d,%d empty=%d,%d,%d", (unsigned long)HASH_SIZE(table),
	       (unsigned long)HASH_SIZE(mostly), (unsigned long)HASH_SIZE(own), (int)HASH_BITS(table),
	       (int)HASH_BITS(mostly), (int)HASH_BITS(own), hash_empty(table), hash_empty(mostly), hash_empty(own));
	for (i = 0; i < 8; i++) {
		INIT_HLIST_NODE(&items[i].node);
		items[i].n = i;
	}
	answer("hashed_before=%d", hash_hashed(&items[0].node));
	for (i = 0; i < 6; i++)
		hash_add(table, &items[i].node, i / 2);
	answer("hashed=%d empty=%d", hash_hashed(&items[0].node), hash_empty(table));
	hash_for_each_possible(table, item, node, 1) {
		if (item->n / 2 == 1)
			same++;
		else
			others++;
	}
	answer("possible=%d others=%d", same, others);
	hash_for_each_possible_safe(table, item, next, node, 2)
		hash_del(&item->node);
	answer("hashed_after=%d,%d,%d", hash_hashed(&items[0].node), hash_hashed(&items[2].node),
	       hash_hashed(&items[4].node));
	for (i = 0; i < 6; i++)
		hash_del(&items[i].node);
	answer("empty_after=%d", hash_empty(table));
}

/* In which bucket a key is, and so in which order a walk comes to them. */
CASE(order, "hash_for_each hash_for_each_safe hash_min hash_add")
{
	char walked[12];
	struct hlist_node *next;
	struct item *item;
	int i, bucket, length = 0;

	for (i = 0; i < 8; i++) {
		items[i].n = i;
		hash_add(table, &items[i].node, i);
		answer("key=%d bucket=%lu", i, (unsigned long)hash_min(i, HASH_BITS(table)));
	}
	hash_for_each(table, bucket, item, node)
		walked[length++] = '0' + item->n;
	walked[length] = 0;
	answer("walked=%s", walked);
	hash_for_each_safe(table, bucket, next, item, node)
		hash_del(&item->node);
	answer("empty=%d", hash_empty(table));
}

ASK_MODULE(&case_empty, &case_change, &case_walk, &case_spliced, &case_table, &case_order);

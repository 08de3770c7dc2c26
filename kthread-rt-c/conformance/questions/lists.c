// SPDX-License-Identifier: MIT OR Apache-2.0
/* Lists that go round: what each operation leaves in them, from both ends, and what it returns. */
#include "ask.h"
#include <linux/list.h>

struct item {
	int n;
	struct list_head node;
};

static struct item items[8];

/* The list has the items from..to, in this order. */
static void fill(struct list_head *head, int from, int to)
{
	int i;

	INIT_LIST_HEAD(head);
	for (i = from; i <= to; i++) {
		items[i].n = i;
		list_add_tail(&items[i].node, head);
	}
}

/* The items forwards; with a question mark if they are others backwards. */
static const char *in(struct list_head *head)
{
	static char texts[4][40];
	static int turn;
	char *text = texts[turn++ & 3];
	int length = 0, back;
	struct list_head *at;

	text[0] = 0;
	for (at = head->next; at != head && length < 30; at = at->next)
		text[length++] = '0' + container_of(at, struct item, node)->n;
	back = length;
	for (at = head->prev; at != head && back > 0; at = at->prev)
		if (text[--back] != '0' + container_of(at, struct item, node)->n)
			break;
	if (back || at != head)
		text[length++] = '?';
	text[length] = 0;
	return text;
}

static LIST_HEAD(declared);

CASE(empty, "LIST_HEAD LIST_HEAD_INIT INIT_LIST_HEAD list_empty list_empty_careful list_is_singular list_head.next"
	    " list_head.prev")
{
	struct list_head initialized = LIST_HEAD_INIT(initialized);
	struct list_head head;

	answer("declared=%d initialized=%d", list_empty(&declared), list_empty(&initialized));
	INIT_LIST_HEAD(&head);
	answer("next=%d prev=%d careful=%d singular=%d", head.next == &head, head.prev == &head,
	       list_empty_careful(&head), list_is_singular(&head));
	fill(&head, 1, 1);
	answer("of_1 empty=%d careful=%d singular=%d", list_empty(&head), list_empty_careful(&head),
	       list_is_singular(&head));
	fill(&head, 1, 2);
	answer("of_2 empty=%d singular=%d", list_empty(&head), list_is_singular(&head));
}

CASE(add, "list_add list_add_tail list_head")
{
	struct list_head head;
	int i;

	INIT_LIST_HEAD(&head);
	for (i = 1; i <= 3; i++) {
		items[i].n = i;
		list_add(&items[i].node, &head);
	}
	answer("add=%s", in(&head));
	items[4].n = 4;
	list_add_tail(&items[4].node, &head);
	items[5].n = 5;
	list_add(&items[5].node, &items[2].node);
	answer("tail_and_middle=%s", in(&head));
}

CASE(del, "list_del list_del_init list_del_init_careful LIST_POISON1 LIST_POISON2")
{
	struct list_head head;

	fill(&head, 1, 4);
	list_del(&items[2].node);
	answer("del=%s next_is_poison=%d prev_is_poison=%d", in(&head), items[2].node.next == LIST_POISON1,
	       items[2].node.prev == LIST_POISON2);
	list_del_init(&items[3].node);
	answer("init=%s empty=%d", in(&head), list_empty(&items[3].node));
	list_del_init_careful(&items[1].node);
	answer("careful=%s empty=%d", in(&head), list_empty_careful(&items[1].node));
}

CASE(replace, "list_replace list_replace_init list_swap")
{
	struct list_head head, empty;

	fill(&head, 1, 3);
	items[6].n = 6;
	items[7].n = 7;
	list_replace(&items[2].node, &items[6].node);
	answer("replace=%s", in(&head));
	list_replace_init(&items[3].node, &items[7].node);
	answer("init=%s old_is_empty=%d", in(&head), list_empty(&items[3].node));
	fill(&head, 1, 4);
	list_swap(&items[1].node, &items[4].node);
	answer("swap=%s", in(&head));
	list_swap(&items[2].node, &items[3].node);
	answer("swap_neighbours=%s", in(&head));
	INIT_LIST_HEAD(&empty);
	list_replace_init(&head, &empty);
	answer("of_heads=%s old_is_empty=%d", in(&empty), list_empty(&head));
}

CASE(move, "list_move list_move_tail list_bulk_move_tail list_rotate_left list_rotate_to_front")
{
	struct list_head head, other;

	fill(&head, 1, 5);
	fill(&other, 6, 7);
	list_move(&items[3].node, &other);
	answer("move=%s from=%s", in(&other), in(&head));
	list_move_tail(&items[1].node, &other);
	answer("tail=%s from=%s", in(&other), in(&head));
	fill(&head, 1, 6);
	list_bulk_move_tail(&head, &items[2].node, &items[4].node);
	answer("bulk=%s", in(&head));
	list_rotate_left(&head);
	answer("left=%s", in(&head));
	list_rotate_to_front(&items[2].node, &head);
	answer("front=%s", in(&head));
	INIT_LIST_HEAD(&head);
	list_rotate_left(&head);
	answer("left_of_none=%d", list_empty(&head));
}

CASE(cut, "list_cut_position list_cut_before")
{
	struct list_head head, front;

	fill(&head, 1, 5);
	list_cut_position(&front, &head, &items[2].node);
	answer("position=%s left=%s", in(&front), in(&head));
	list_cut_position(&front, &head, &head);
	answer("at_head=[%s] left=%s", in(&front), in(&head));
	list_cut_position(&front, &head, &items[5].node);
	answer("all=%s left=[%s]", in(&front), in(&head));
	fill(&head, 1, 5);
	list_cut_before(&front, &head, &items[3].node);
	answer("before=%s left=%s", in(&front), in(&head));
	list_cut_before(&front, &head, &items[3].node);
	answer("before_first=[%s] left=%s", in(&front), in(&head));
	list_cut_before(&front, &head, &head);
	answer("before_head=%s left=[%s]", in(&front), in(&head));
}

CASE(splice, "list_splice list_splice_tail list_splice_init list_splice_tail_init")
{
	struct list_head head, more;

	fill(&head, 1, 3);
	fill(&more, 5, 6);
	list_splice(&more, &head);
	answer("front=%s", in(&head));
	fill(&head, 1, 3);
	fill(&more, 5, 6);
	list_splice_tail(&more, &head);
	answer("tail=%s", in(&head));
	fill(&head, 1, 3);
	fill(&more, 5, 6);
	list_splice_init(&more, &head);
	answer("init=%s more=[%s]", in(&head), in(&more));
	list_splice_init(&more, &head);
	answer("of_none=%s", in(&head));
	fill(&head, 1, 3);
	fill(&more, 5, 6);
	list_splice_tail_init(&more, &items[2].node);
	answer("tail_init=%s more=[%s]", in(&head), in(&more));
}

CASE(ends, "list_is_first list_is_last list_is_head list_entry list_first_entry list_last_entry list_next_entry"
	   " list_prev_entry list_first_entry_or_null list_entry_is_head list_next_entry_circular"
	   " list_prev_entry_circular")
{
	struct list_head head;
	struct item *item;
	int is_head;

	fill(&head, 1, 3);
	answer("first=%d,%d last=%d,%d head=%d,%d", list_is_first(&items[1].node, &head),
	       list_is_first(&items[2].node, &head), list_is_last(&items[3].node, &head),
	       list_is_last(&items[2].node, &head), list_is_head(&head, &head), list_is_head(&items[1].node, &head));
	answer("entry=%d first=%d last=%d", list_entry(head.next, struct item, node)->n,
	       list_first_entry(&head, struct item, node)->n, list_last_entry(&head, struct item, node)->n);
	item = &items[2];
	answer("next=%d prev=%d", list_next_entry(item, node)->n, list_prev_entry(item, node)->n);
	item = &items[3];
	answer("circular_next=%d", list_next_entry_circular(item, &head, node)->n);
	item = &items[1];
	answer("circular_prev=%d", list_prev_entry_circular(item, &head, node)->n);
	item = list_entry(&head, struct item, node);
	is_head = list_entry_is_head(item, &head, node);
	item = &items[1];
	answer("is_head=%d,%d", is_head, list_entry_is_head(item, &head, node));
	item = list_first_entry_or_null(&head, struct item, node);
	INIT_LIST_HEAD(&head);
	answer("or_null=%d,%d", item->n, !list_first_entry_or_null(&head, struct item, node));
}

/* Which items a walk comes to, as digits. */
#define WALK(name, walk, value) \
	do { \
		char walked[12]; \
		int length = 0; \
		walk walked[length++] = '0' + (value); \
		walked[length] = 0; \
		answer(name "=%s", walked); \
	} while (0)

CASE(walk, "list_for_each list_for_each_prev list_for_each_safe list_for_each_prev_safe list_for_each_continue")
{
	struct list_head head, other, *at, *next;

	INIT_LIST_HEAD(&other);
	fill(&head, 1, 4);
	WALK("each", list_for_each(at, &head), list_entry(at, struct item, node)->n);
	answer("ends_at_head=%d", at == &head);
	WALK("prev", list_for_each_prev(at, &head), list_entry(at, struct item, node)->n);
	at = &items[2].node;
	WALK("continue", list_for_each_continue(at, &head), list_entry(at, struct item, node)->n);
	list_for_each_safe(at, next, &head)
		if (list_entry(at, struct item, node)->n % 2)
			list_del(at);
	answer("safe=%s", in(&head));
	fill(&head, 1, 4);
	list_for_each_prev_safe(at, next, &head)
		list_move_tail(at, &other);
	answer("prev_safe=%s left=[%s]", in(&other), in(&head));
}

CASE(walk_entries, "list_for_each_entry list_for_each_entry_reverse list_for_each_entry_continue"
		   " list_for_each_entry_continue_reverse list_for_each_entry_from list_for_each_entry_from_reverse"
		   " list_prepare_entry")
{
	struct list_head head;
	struct item *item;

	fill(&head, 1, 5);
	WALK("each", list_for_each_entry(item, &head, node), item->n);
	WALK("reverse", list_for_each_entry_reverse(item, &head, node), item->n);
	item = &items[2];
	WALK("continue", list_for_each_entry_continue(item, &head, node), item->n);
	item = &items[3];
	WALK("continue_reverse", list_for_each_entry_continue_reverse(item, &head, node), item->n);
	item = &items[2];
	WALK("from", list_for_each_entry_from(item, &head, node), item->n);
	item = &items[3];
	WALK("from_reverse", list_for_each_entry_from_reverse(item, &head, node), item->n);
	item = list_prepare_entry(item, &head, node);
	answer("prepared_is_head=%d", &item->node == &head);
	item = NULL;
	item = list_prepare_entry(item, &head, node);
	WALK("prepared", list_for_each_entry_continue(item, &head, node), item->n);
}

CASE(walk_and_take, "list_for_each_entry_safe list_for_each_entry_safe_continue list_for_each_entry_safe_from"
		    " list_for_each_entry_safe_reverse list_safe_reset_next")
{
	struct list_head head, other;
	struct item *item, *next;

	fill(&head, 1, 5);
	list_for_each_entry_safe(item, next, &head, node)
		if (item->n != 3)
			list_del(&item->node);
	answer("safe=%s", in(&head));
	fill(&head, 1, 5);
	item = &items[2];
	list_for_each_entry_safe_continue(item, next, &head, node)
		list_del(&item->node);
	answer("continue=%s", in(&head));
	fill(&head, 1, 5);
	item = &items[4];
	list_for_each_entry_safe_from(item, next, &head, node)
		list_del(&item->node);
	answer("from=%s", in(&head));
	fill(&head, 1, 5);
	INIT_LIST_HEAD(&other);
	list_for_each_entry_safe_reverse(item, next, &head, node)
		list_move_tail(&item->node, &other);
	answer("reverse=%s left=[%s]", in(&other), in(&head));
	/* Its neighbour goes while the walk stands on it. */
	fill(&head, 1, 5);
	list_for_each_entry_safe(item, next, &head, node) {
		if (item->n == 2) {
			list_del(&items[3].node);
			list_safe_reset_next(item, next, node);
		}
		item->n += 2;
	}
	answer("reset=%s", in(&head));
}

CASE(counted, "list_count_nodes")
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
	struct list_head head;
	size_t none;

	INIT_LIST_HEAD(&head);
	none = list_count_nodes(&head);
	fill(&head, 1, 5);
	answer("none=%zu five=%zu", none, list_count_nodes(&head));
#endif
}

ASK_MODULE(&case_empty, &case_add, &case_del, &case_replace, &case_move, &case_cut, &case_splice, &case_ends,
	   &case_walk, &case_walk_entries, &case_walk_and_take, &case_counted);

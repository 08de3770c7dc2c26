// SPDX-License-Identifier: MIT OR Apache-2.0
/* Lists with readers that take no lock, and lists without any lock. */
#include "ask.h"
#include <linux/llist.h>
#include <linux/rculist.h>

struct item {
	int n;
	struct list_head node;
	struct hlist_node hash;
	struct llist_node lock_less;
};

static struct item items[8];

static void number(void)
{
	int i;

	for (i = 0; i < 8; i++)
		items[i].n = i;
}

#define WALK(name, walk, value) \
	do { \
		char walked[12]; \
		int length = 0; \
		walk walked[length++] = '0' + (value); \
		walked[length] = 0; \
		answer(name "=%s", walked); \
	} while (0)

CASE(list, "list_add_rcu list_add_tail_rcu list_del_rcu list_replace_rcu list_for_each_entry_rcu list_first_or_null_rcu"
	   " list_entry_rcu list_next_rcu INIT_LIST_HEAD_RCU list_for_each_entry_continue_rcu"
	   " list_for_each_entry_from_rcu list_for_each_entry_lockless list_next_or_null_rcu LIST_POISON2")
{
	struct list_head head;
	struct item *item;

	number();
	INIT_LIST_HEAD_RCU(&head);
	rcu_read_lock();
	answer("first_of_none_is_null=%d", !list_first_or_null_rcu(&head, struct item, node));
	rcu_read_unlock();
	list_add_rcu(&items[2].node, &head);
	list_add_rcu(&items[1].node, &head);
	list_add_tail_rcu(&items[3].node, &head);
	list_add_tail_rcu(&items[4].node, &head);
	rcu_read_lock();
	WALK("each", list_for_each_entry_rcu(item, &head, node), item->n);
	WALK("lockless", list_for_each_entry_lockless(item, &head, node), item->n);
	item = &items[2];
	WALK("continue", list_for_each_entry_continue_rcu(item, &head, node), item->n);
	item = &items[2];
	WALK("from", list_for_each_entry_from_rcu(item, &head, node), item->n);
	answer("first=%d next=%d", list_first_or_null_rcu(&head, struct item, node)->n,
	       list_entry_rcu(list_next_rcu(&items[1].node), struct item, node)->n);
	answer("next_or_null=%d,%d", list_next_or_null_rcu(&head, &items[1].node, struct item, node)->n,
	       !list_next_or_null_rcu(&head, &items[4].node, struct item, node));
	rcu_read_unlock();
	list_del_rcu(&items[2].node);
	answer("deleted next_stays=%d prev_is_poison=%d", items[2].node.next == &items[3].node,
	       items[2].node.prev == LIST_POISON2);
	list_replace_rcu(&items[3].node, &items[7].node);
	answer("replaced next_stays=%d prev_is_poison=%d", items[3].node.next == &items[4].node,
	       items[3].node.prev == LIST_POISON2);
	rcu_read_lock();
	WALK("left", list_for_each_entry_rcu(item, &head, node), item->n);
	rcu_read_unlock();
}

CASE(splice, "list_splice_init_rcu list_splice_tail_init_rcu synchronize_rcu")
{
	LIST_HEAD(head);
	LIST_HEAD(more);
	struct item *item;

	number();
	list_add_tail(&items[1].node, &head);
	list_add_tail(&items[2].node, &more);
	list_add_tail(&items[3].node, &more);
	list_splice_init_rcu(&more, &head, synchronize_rcu);
	answer("more_is_empty=%d", list_empty(&more));
	WALK("front", list_for_each_entry(item, &head, node), item->n);
	list_add_tail(&items[4].node, &more);
	list_add_tail(&items[5].node, &more);
	list_splice_tail_init_rcu(&more, &head, synchronize_rcu);
	answer("more_is_empty=%d", list_empty(&more));
	WALK("tail", list_for_each_entry(item, &head, node), item->n);
	list_splice_init_rcu(&more, &head, synchronize_rcu);
	WALK("none", list_for_each_entry(item, &head, node), item->n);
}

CASE(hlist, "hlist_add_head_rcu hlist_add_tail_rcu hlist_add_before_rcu hlist_add_behind_rcu hlist_del_rcu"
	    " hlist_del_init_rcu hlist_replace_rcu hlist_for_each_entry_rcu hlists_swap_heads_rcu"
	    " hlist_for_each_entry_continue_rcu hlist_for_each_entry_from_rcu LIST_POISON2")
{
	HLIST_HEAD(head);
	HLIST_HEAD(other);
	struct item *item;

	number();
	hlist_add_head_rcu(&items[2].hash, &head);
	hlist_add_tail_rcu(&items[4].hash, &head);
	hlist_add_before_rcu(&items[1].hash, &items[2].hash);
	hlist_add_behind_rcu(&items[3].hash, &items[2].hash);
	hlist_add_tail_rcu(&items[6].hash, &other);
	rcu_read_lock();
	WALK("each", hlist_for_each_entry_rcu(item, &head, hash), item->n);
	item = &items[2];
	WALK("continue", hlist_for_each_entry_continue_rcu(item, hash), item->n);
	item = &items[2];
	WALK("from", hlist_for_each_entry_from_rcu(item, hash), item->n);
	rcu_read_unlock();
	hlist_del_rcu(&items[2].hash);
	answer("deleted next_stays=%d pprev_is_poison=%d", items[2].hash.next == &items[3].hash,
	       items[2].hash.pprev == LIST_POISON2);
	hlist_del_init_rcu(&items[3].hash);
	answer("init unhashed=%d next_stays=%d", hlist_unhashed(&items[3].hash), items[3].hash.next == &items[4].hash);
	hlist_replace_rcu(&items[1].hash, &items[7].hash);
	answer("replaced pprev_is_poison=%d", items[1].hash.pprev == LIST_POISON2);
	hlists_swap_heads_rcu(&head, &other);
	WALK("head", hlist_for_each_entry(item, &head, hash), item->n);
	WALK("other", hlist_for_each_entry(item, &other, hash), item->n);
}

static LLIST_HEAD(declared);

CASE(llist, "LLIST_HEAD LLIST_HEAD_INIT init_llist_head llist_empty llist_add llist_add_batch llist_del_first"
	    " llist_del_all llist_entry llist_reverse_order llist_for_each llist_for_each_entry"
	    " llist_for_each_entry_safe llist_next")
{
	struct llist_head head = LLIST_HEAD_INIT(head);
	struct llist_node *at, *next;
	struct item *item, *next_item;
	bool was_empty, then;

	number();
	answer("declared=%d initialized=%d", llist_empty(&declared), llist_empty(&head));
	init_llist_head(&head);
	answer("first_of_none_is_null=%d all_of_none_is_null=%d", !llist_del_first(&head), !llist_del_all(&head));
	was_empty = llist_add(&items[1].lock_less, &head);
	then = llist_add(&items[2].lock_less, &head);
	answer("add=%d,%d", was_empty, then);
	items[4].lock_less.next = &items[5].lock_less;
	was_empty = llist_add_batch(&items[4].lock_less, &items[5].lock_less, &head);
	then = llist_add_batch(&items[7].lock_less, &items[7].lock_less, &declared);
	answer("batch=%d,%d", was_empty, then);
	at = llist_del_first(&head);
	answer("first=%d next=%d", llist_entry(at, struct item, lock_less)->n,
	       llist_entry(llist_next(head.first), struct item, lock_less)->n);
	at = llist_del_all(&head);
	answer("all_is_empty=%d", llist_empty(&head));
	WALK("entries", llist_for_each_entry(item, at, lock_less), item->n);
	WALK("safe", llist_for_each_entry_safe(item, next_item, at, lock_less), item->n);
	at = llist_reverse_order(at);
	WALK("reversed", llist_for_each_entry(item, at, lock_less), item->n);
	next = at;
	WALK("each", llist_for_each(at, next), llist_entry(at, struct item, lock_less)->n);
	answer("reverse_of_null_is_null=%d", !llist_reverse_order(NULL));
	llist_del_all(&declared);
}

CASE(llist_node, "init_llist_node llist_on_list")
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
	struct llist_head head = LLIST_HEAD_INIT(head);
	bool before, on;

	init_llist_node(&items[1].lock_less);
	before = llist_on_list(&items[1].lock_less);
	llist_add(&items[1].lock_less, &head);
	on = llist_on_list(&items[1].lock_less);
	answer("before=%d on=%d", before, on);
#endif
}

ASK_MODULE(&case_list, &case_splice, &case_hlist, &case_llist, &case_llist_node);

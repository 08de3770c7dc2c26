// SPDX-License-Identifier: MIT OR Apache-2.0
/* Lists that are read while they change. */
#include "ask.h"
#include <linux/rculist.h>

struct item {
	int value;
	struct list_head node;
	struct hlist_node hash;
};

static struct item items[6];

static void tell(const char *what, struct list_head *head)
{
	char text[64] = "";
	struct item *item;
	int n = 0;

	rcu_read_lock();
	list_for_each_entry_rcu(item, head, node)
		n += snprintf(text + n, sizeof(text) - n, "%d,", item->value);
	rcu_read_unlock();
	answer("%s list=[%s]", what, text);
}

static void tell_hash(const char *what, struct hlist_head *head)
{
	char text[64] = "";
	struct item *item;
	int n = 0;

	rcu_read_lock();
	hlist_for_each_entry_rcu(item, head, hash)
		n += snprintf(text + n, sizeof(text) - n, "%d,", item->value);
	rcu_read_unlock();
	answer("%s hash=[%s]", what, text);
}

static void no_sync(void)
{
}

CASE(list, "list_add_rcu list_add_tail_rcu list_del_rcu list_replace_rcu list_splice_init_rcu list_splice_tail_init_rcu INIT_LIST_HEAD_RCU"
	   " list_for_each_entry_rcu list_first_or_null_rcu list_next_or_null_rcu list_entry_rcu list_for_each_entry_continue_rcu"
	   " list_for_each_entry_from_rcu")
{
	LIST_HEAD(head);
	LIST_HEAD(more);
	struct item *item;
	int i, rest = 0, from = 0;

	for (i = 0; i < 6; i++)
		items[i].value = i;
	INIT_LIST_HEAD_RCU(&more);
	rcu_read_lock();
	answer("empty first=%d", !!list_first_or_null_rcu(&head, struct item, node));
	rcu_read_unlock();
	list_add_rcu(&items[0].node, &head);
	list_add_rcu(&items[1].node, &head);
	list_add_tail_rcu(&items[2].node, &head);
	tell("added", &head);
	rcu_read_lock();
	item = list_first_or_null_rcu(&head, struct item, node);
	answer("first=%d next=%d after_last=%d entry=%d", item->value, list_next_or_null_rcu(&head, &item->node, struct item, node)->value,
	       !!list_next_or_null_rcu(&head, &items[2].node, struct item, node), list_entry_rcu(head.prev, struct item, node)->value);
	list_for_each_entry_continue_rcu(item, &head, node)
		rest = rest * 10 + item->value + 1;
	item = &items[0];
	list_for_each_entry_from_rcu(item, &head, node)
		from = from * 10 + item->value + 1;
	rcu_read_unlock();
	answer("continue=%d from=%d", rest, from);
	list_replace_rcu(&items[0].node, &items[3].node);
	tell("replaced", &head);
	/* Who stands on it goes on from it. */
	list_del_rcu(&items[3].node);
	answer("deleted next=%d prev_poisoned=%d", list_entry(items[3].node.next, struct item, node)->value,
	       items[3].node.prev == LIST_POISON2);
	tell("deleted", &head);
	list_add_tail_rcu(&items[4].node, &more);
	list_add_tail_rcu(&items[5].node, &more);
	list_splice_init_rcu(&more, &head, no_sync);
	answer("spliced empty=%d", list_empty(&more));
	tell("spliced", &head);
	list_add_rcu(&items[0].node, &more);
	list_splice_tail_init_rcu(&more, &head, no_sync);
	tell("spliced_tail", &head);
}

CASE(hash, "hlist_add_head_rcu hlist_add_tail_rcu hlist_add_before_rcu hlist_add_behind_rcu hlist_del_rcu hlist_del_init_rcu"
	   " hlist_replace_rcu hlists_swap_heads_rcu hlist_for_each_entry_rcu hlist_unhashed")
{
	HLIST_HEAD(head);
	HLIST_HEAD(more);
	int i;

	for (i = 0; i < 6; i++) {
		items[i].value = i;
		INIT_HLIST_NODE(&items[i].hash);
	}
	hlist_add_head_rcu(&items[0].hash, &head);
	hlist_add_head_rcu(&items[1].hash, &head);
	hlist_add_tail_rcu(&items[2].hash, &head);
	hlist_add_before_rcu(&items[3].hash, &items[0].hash);
	hlist_add_behind_rcu(&items[4].hash, &items[0].hash);
	tell_hash("added", &head);
	hlist_del_rcu(&items[3].hash);
	answer("deleted unhashed=%d poisoned=%d next=%d", hlist_unhashed(&items[3].hash),
	       items[3].hash.pprev == LIST_POISON2, items[3].hash.next == &items[0].hash);
	hlist_del_init_rcu(&items[4].hash);
	hlist_del_init_rcu(&items[4].hash);
	answer("deleted_init unhashed=%d", hlist_unhashed(&items[4].hash));
	hlist_replace_rcu(&items[0].hash, &items[5].hash);
	tell_hash("replaced", &head);
	hlist_add_head_rcu(&items[4].hash, &more);
	hlists_swap_heads_rcu(&head, &more);
	tell_hash("swapped", &head);
	tell_hash("swapped_more", &more);
}

ASK_MODULE(&case_list, &case_hash);

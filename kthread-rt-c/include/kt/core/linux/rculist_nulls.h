/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Lists of linux/list_nulls.h that change while readers walk them under RCU. */
#ifndef KT_CORE_LINUX_RCULIST_NULLS_H
#define KT_CORE_LINUX_RCULIST_NULLS_H

#include <kt/core/linux/list_nulls.h>
#include <kt/core/linux/rcupdate.h>

#define hlist_nulls_first_rcu(head) ((head)->first)
#define hlist_nulls_next_rcu(node) ((node)->next)
#define hlist_nulls_pprev_rcu(node) (*(node)->pprev)

static inline void hlist_nulls_del_init_rcu(struct hlist_nulls_node *node)
{
	if (!hlist_nulls_unhashed(node)) {
		__hlist_nulls_del(node);
		WRITE_ONCE(node->pprev, NULL);
	}
}

static inline void hlist_nulls_del_rcu(struct hlist_nulls_node *node)
{
	hlist_nulls_del(node);
}

static inline void hlist_nulls_add_head_rcu(struct hlist_nulls_node *node, struct hlist_nulls_head *head)
{
	struct hlist_nulls_node *first = head->first;

	WRITE_ONCE(node->next, first);
	WRITE_ONCE(node->pprev, &head->first);
	rcu_assign_pointer(head->first, node);
	if (!is_a_nulls(first))
		WRITE_ONCE(first->pprev, &node->next);
}

static inline void hlist_nulls_add_tail_rcu(struct hlist_nulls_node *node, struct hlist_nulls_head *head)
{
	struct hlist_nulls_node *last = NULL;

	for (struct hlist_nulls_node *at = head->first; !is_a_nulls(at); at = at->next)
		last = at;
	if (!last) {
		hlist_nulls_add_head_rcu(node, head);
		return;
	}
	WRITE_ONCE(node->next, last->next);
	WRITE_ONCE(node->pprev, &last->next);
	rcu_assign_pointer(last->next, node);
}

/* Makes a node look like a list's, though it is on none. */
static inline void hlist_nulls_add_fake(struct hlist_nulls_node *node)
{
	node->pprev = &node->next;
	node->next = (struct hlist_nulls_node *)NULLS_MARKER(NULL);
}

static inline void hlist_nulls_replace_rcu(struct hlist_nulls_node *old, struct hlist_nulls_node *node)
{
	struct hlist_nulls_node *next = old->next;

	WRITE_ONCE(node->next, next);
	WRITE_ONCE(node->pprev, old->pprev);
	rcu_assign_pointer(*node->pprev, node);
	if (!is_a_nulls(next))
		WRITE_ONCE(next->pprev, &node->next);
}

static inline void hlist_nulls_replace_init_rcu(struct hlist_nulls_node *old, struct hlist_nulls_node *node)
{
	hlist_nulls_replace_rcu(old, node);
	WRITE_ONCE(old->pprev, NULL);
}

#define hlist_nulls_for_each_entry_rcu(item, node, head, member) \
	for ((node) = rcu_dereference((head)->first); \
	     !is_a_nulls(node) && ({ (item) = hlist_nulls_entry(node, __typeof__(*(item)), member); 1; }); \
	     (node) = rcu_dereference((node)->next))
#define hlist_nulls_for_each_entry_safe(item, node, head, member) \
	for ((node) = rcu_dereference((head)->first); \
	     !is_a_nulls(node) && ({ \
		     (item) = hlist_nulls_entry(node, __typeof__(*(item)), member); \
		     (node) = rcu_dereference((node)->next); \
		     1; \
	     });)

#endif

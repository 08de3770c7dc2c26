/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Lists of linux/list_bl.h that change while readers walk them under RCU. */
#ifndef KT_CORE_LINUX_RCULIST_BL_H
#define KT_CORE_LINUX_RCULIST_BL_H

#include <kt/core/linux/list_bl.h>
#include <kt/core/linux/rcupdate.h>

static inline void hlist_bl_set_first_rcu(struct hlist_bl_head *head, struct hlist_bl_node *node)
{
	LIST_BL_BUG_ON(((unsigned long)head->first & LIST_BL_LOCKMASK) != LIST_BL_LOCKMASK);
	rcu_assign_pointer(head->first, (struct hlist_bl_node *)((unsigned long)node | LIST_BL_LOCKMASK));
}

static inline struct hlist_bl_node *hlist_bl_first_rcu(struct hlist_bl_head *head)
{
	return (struct hlist_bl_node *)((unsigned long)rcu_dereference(head->first) & ~LIST_BL_LOCKMASK);
}

static inline void hlist_bl_del_rcu(struct hlist_bl_node *node)
{
	__hlist_bl_del(node);
	node->pprev = (struct hlist_bl_node **)LIST_POISON2;
}

static inline void hlist_bl_add_head_rcu(struct hlist_bl_node *node, struct hlist_bl_head *head)
{
	struct hlist_bl_node *first = hlist_bl_first(head);

	node->next = first;
	if (first)
		first->pprev = &node->next;
	node->pprev = &head->first;
	hlist_bl_set_first_rcu(head, node);
}

#define hlist_bl_for_each_entry_rcu(item, node, head, member) \
	for ((node) = hlist_bl_first_rcu(head); \
	     (node) && ({ (item) = hlist_bl_entry(node, __typeof__(*(item)), member); 1; }); \
	     (node) = rcu_dereference((node)->next))

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Lists that change while readers walk them under RCU. */
#ifndef KT_CORE_LINUX_RCULIST_H
#define KT_CORE_LINUX_RCULIST_H

#include <kt/core/linux/list.h>
#include <kt/core/linux/rcupdate.h>

/* A head that was only zeroed is empty, as in list.h; a writer links it to itself first. */
#define list_next_rcu(list) ((list)->next)
#define list_tail_rcu(head) ((head)->prev)
#define hlist_first_rcu(head) ((head)->first)
#define hlist_pprev_rcu(node) (*(node)->pprev)
#define hlist_next_rcu(node) ((node)->next)

static inline void INIT_LIST_HEAD_RCU(struct list_head *list)
{
	WRITE_ONCE(list->next, list);
	WRITE_ONCE(list->prev, list);
}

static inline void __list_add_rcu(struct list_head *entry, struct list_head *before, struct list_head *after)
{
	entry->next = after;
	entry->prev = before;
	rcu_assign_pointer(before->next, entry);
	after->prev = entry;
}

static inline void list_add_rcu(struct list_head *entry, struct list_head *head)
{
	if (!head->next)
		INIT_LIST_HEAD(head);
	__list_add_rcu(entry, head, head->next);
}

static inline void list_add_tail_rcu(struct list_head *entry, struct list_head *head)
{
	if (!head->next)
		INIT_LIST_HEAD(head);
	__list_add_rcu(entry, head->prev, head);
}

/* Readers at the removed entry can go on from it. */
static inline void list_del_rcu(struct list_head *entry)
{
	__list_del_entry(entry);
	entry->prev = LIST_POISON2;
}

static inline void list_replace_rcu(struct list_head *old, struct list_head *entry)
{
	entry->next = old->next;
	entry->prev = old->prev;
	rcu_assign_pointer(entry->prev->next, entry);
	entry->next->prev = entry;
	old->prev = LIST_POISON2;
}

/* Moves all of `list` between the two, and empties it; `sync` waits for readers of `list`. */
static inline void __list_splice_init_rcu(struct list_head *list, struct list_head *before, struct list_head *after,
					  void (*sync)(void))
{
	struct list_head *first = list->next, *last = list->prev;

	INIT_LIST_HEAD_RCU(list);
	sync();
	last->next = after;
	rcu_assign_pointer(before->next, first);
	first->prev = before;
	after->prev = last;
}

static inline void list_splice_init_rcu(struct list_head *list, struct list_head *head, void (*sync)(void))
{
	if (!head->next)
		INIT_LIST_HEAD(head);
	if (!list_empty(list))
		__list_splice_init_rcu(list, head, head->next, sync);
}

static inline void list_splice_tail_init_rcu(struct list_head *list, struct list_head *head, void (*sync)(void))
{
	if (!head->next)
		INIT_LIST_HEAD(head);
	if (!list_empty(list))
		__list_splice_init_rcu(list, head->prev, head, sync);
}

/* The next node, for readers. */
static inline struct list_head *kt_list_next_rcu(const struct list_head *head, struct list_head *node)
{
	struct list_head *next = smp_load_acquire(&node->next);

	return next ? next : (struct list_head *)head;
}

#define list_entry_rcu(ptr, type, member) container_of(READ_ONCE(ptr), type, member)
#define list_entry_lockless(ptr, type, member) list_entry_rcu(ptr, type, member)
#define list_first_or_null_rcu(head, type, member) \
	({ \
		struct list_head *__kt_head = (head), *__kt_node = kt_list_next_rcu(__kt_head, __kt_head); \
		__kt_node != __kt_head ? container_of(__kt_node, type, member) : (type *)0; \
	})
#define list_next_or_null_rcu(head, ptr, type, member) \
	({ \
		struct list_head *__kt_node = kt_list_next_rcu(head, ptr); \
		__kt_node != (head) ? container_of(__kt_node, type, member) : (type *)0; \
	})
#define __kt_entry_after_rcu(head, node, pos, member) \
	container_of(kt_list_next_rcu(head, node), __typeof__(*(pos)), member)
#define list_for_each_entry_rcu(pos, head, member, ...) \
	for (pos = __kt_entry_after_rcu(head, head, pos, member); &pos->member != (head); \
	     pos = __kt_entry_after_rcu(head, &pos->member, pos, member))
#define list_for_each_entry_srcu(pos, head, member, condition) list_for_each_entry_rcu(pos, head, member)
#define list_for_each_entry_lockless(pos, head, member) list_for_each_entry_rcu(pos, head, member)
#define list_for_each_entry_continue_rcu(pos, head, member) \
	for (pos = __kt_entry_after_rcu(head, &pos->member, pos, member); &pos->member != (head); \
	     pos = __kt_entry_after_rcu(head, &pos->member, pos, member))
#define list_for_each_entry_from_rcu(pos, head, member) \
	for (; &pos->member != (head); pos = __kt_entry_after_rcu(head, &pos->member, pos, member))

static inline void hlist_del_rcu(struct hlist_node *node)
{
	__hlist_del(node);
	node->pprev = (struct hlist_node **)LIST_POISON2;
}

static inline void hlist_del_init_rcu(struct hlist_node *node)
{
	if (!hlist_unhashed(node)) {
		__hlist_del(node);
		node->pprev = 0;
	}
}

static inline void hlist_add_head_rcu(struct hlist_node *node, struct hlist_head *head)
{
	struct hlist_node *first = head->first;

	node->next = first;
	node->pprev = &head->first;
	rcu_assign_pointer(head->first, node);
	if (first)
		first->pprev = &node->next;
}

static inline void hlist_add_before_rcu(struct hlist_node *node, struct hlist_node *next)
{
	node->pprev = next->pprev;
	node->next = next;
	rcu_assign_pointer(*node->pprev, node);
	next->pprev = &node->next;
}

static inline void hlist_add_behind_rcu(struct hlist_node *node, struct hlist_node *prev)
{
	node->next = prev->next;
	node->pprev = &prev->next;
	rcu_assign_pointer(prev->next, node);
	if (node->next)
		node->next->pprev = &node->next;
}

static inline void hlist_add_tail_rcu(struct hlist_node *node, struct hlist_head *head)
{
	struct hlist_node *last = head->first;

	while (last && last->next)
		last = last->next;
	if (last)
		hlist_add_behind_rcu(node, last);
	else
		hlist_add_head_rcu(node, head);
}

static inline void hlist_replace_rcu(struct hlist_node *old, struct hlist_node *node)
{
	node->next = old->next;
	node->pprev = old->pprev;
	rcu_assign_pointer(*node->pprev, node);
	if (node->next)
		node->next->pprev = &node->next;
	old->pprev = (struct hlist_node **)LIST_POISON2;
}

/* Exchanges the nodes of the heads. A reader may start at one list and end in the other. */
static inline void hlists_swap_heads_rcu(struct hlist_head *left, struct hlist_head *right)
{
	struct hlist_node *one = left->first, *two = right->first;

	rcu_assign_pointer(right->first, one);
	rcu_assign_pointer(left->first, two);
	if (one)
		one->pprev = &right->first;
	if (two)
		two->pprev = &left->first;
}

#define __hlist_for_each_rcu(pos, head) \
	for (pos = smp_load_acquire(&(head)->first); pos; pos = smp_load_acquire(&(pos)->next))
#define hlist_for_each_entry_rcu(pos, head, member, ...) \
	for (pos = hlist_entry_safe(smp_load_acquire(&(head)->first), __typeof__(*(pos)), member); pos; \
	     pos = hlist_entry_safe(smp_load_acquire(&(pos)->member.next), __typeof__(*(pos)), member))
#define hlist_for_each_entry_srcu(pos, head, member, condition) hlist_for_each_entry_rcu(pos, head, member)
#define hlist_for_each_entry_rcu_notrace(pos, head, member) hlist_for_each_entry_rcu(pos, head, member)
#define hlist_for_each_entry_rcu_bh(pos, head, member) hlist_for_each_entry_rcu(pos, head, member)
#define hlist_for_each_entry_continue_rcu(pos, member) \
	for (pos = hlist_entry_safe(smp_load_acquire(&(pos)->member.next), __typeof__(*(pos)), member); pos; \
	     pos = hlist_entry_safe(smp_load_acquire(&(pos)->member.next), __typeof__(*(pos)), member))
#define hlist_for_each_entry_continue_rcu_bh(pos, member) hlist_for_each_entry_continue_rcu(pos, member)
#define hlist_for_each_entry_from_rcu(pos, member) \
	for (; pos; pos = hlist_entry_safe(smp_load_acquire(&(pos)->member.next), __typeof__(*(pos)), member))

#endif

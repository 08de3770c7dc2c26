/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Hlists with a lock in the lowest bit of the head. */
#ifndef KT_CORE_LINUX_LIST_BL_H
#define KT_CORE_LINUX_LIST_BL_H

#include <kt/core/linux/bit_spinlock.h>
#include <kt/core/linux/bug.h>
#include <kt/core/linux/container_of.h>
#include <kt/core/linux/list.h>
#include <kt/core/linux/types.h>

#define LIST_BL_LOCKMASK 1UL
#define LIST_BL_BUG_ON(condition) BUG_ON(condition)

struct hlist_bl_head {
	struct hlist_bl_node *first;
};

struct hlist_bl_node {
	struct hlist_bl_node *next, **pprev;
};

#define INIT_HLIST_BL_HEAD(head) ((head)->first = NULL)
#define hlist_bl_entry(node, type, member) container_of(node, type, member)

static inline void INIT_HLIST_BL_NODE(struct hlist_bl_node *node)
{
	node->next = NULL;
	node->pprev = NULL;
}

static inline bool hlist_bl_unhashed(const struct hlist_bl_node *node)
{
	return !node->pprev;
}

static inline struct hlist_bl_node *hlist_bl_first(struct hlist_bl_head *head)
{
	return (struct hlist_bl_node *)((unsigned long)head->first & ~LIST_BL_LOCKMASK);
}

/* The caller holds the lock, and keeps it. */
static inline void hlist_bl_set_first(struct hlist_bl_head *head, struct hlist_bl_node *node)
{
	LIST_BL_BUG_ON(((unsigned long)head->first & LIST_BL_LOCKMASK) != LIST_BL_LOCKMASK);
	head->first = (struct hlist_bl_node *)((unsigned long)node | LIST_BL_LOCKMASK);
}

static inline bool hlist_bl_empty(const struct hlist_bl_head *head)
{
	return !((unsigned long)READ_ONCE(head->first) & ~LIST_BL_LOCKMASK);
}

static inline void hlist_bl_add_head(struct hlist_bl_node *node, struct hlist_bl_head *head)
{
	struct hlist_bl_node *first = hlist_bl_first(head);

	node->next = first;
	if (first)
		first->pprev = &node->next;
	node->pprev = &head->first;
	hlist_bl_set_first(head, node);
}

/* The first node's predecessor is the head, whose lock bit is preserved. */
static inline void kt_hlist_bl_link(struct hlist_bl_node **pprev, struct hlist_bl_node *node)
{
	WRITE_ONCE(*pprev, (struct hlist_bl_node *)((unsigned long)node | ((unsigned long)*pprev & LIST_BL_LOCKMASK)));
}

static inline void hlist_bl_add_before(struct hlist_bl_node *node, struct hlist_bl_node *next)
{
	struct hlist_bl_node **pprev = next->pprev;

	node->pprev = pprev;
	node->next = next;
	next->pprev = &node->next;
	kt_hlist_bl_link(pprev, node);
}

static inline void hlist_bl_add_behind(struct hlist_bl_node *node, struct hlist_bl_node *prev)
{
	node->next = prev->next;
	node->pprev = &prev->next;
	WRITE_ONCE(prev->next, node);
	if (node->next)
		node->next->pprev = &node->next;
}

static inline void __hlist_bl_del(struct hlist_bl_node *node)
{
	struct hlist_bl_node *next = node->next, **pprev = node->pprev;

	kt_hlist_bl_link(pprev, next);
	if (next)
		next->pprev = pprev;
}

static inline void hlist_bl_del(struct hlist_bl_node *node)
{
	__hlist_bl_del(node);
	node->next = (struct hlist_bl_node *)LIST_POISON1;
	node->pprev = (struct hlist_bl_node **)LIST_POISON2;
}

static inline void hlist_bl_del_init(struct hlist_bl_node *node)
{
	if (!hlist_bl_unhashed(node)) {
		__hlist_bl_del(node);
		INIT_HLIST_BL_NODE(node);
	}
}

static inline void hlist_bl_lock(struct hlist_bl_head *head)
{
	bit_spin_lock(0, (unsigned long *)head);
}

static inline void hlist_bl_unlock(struct hlist_bl_head *head)
{
	__bit_spin_unlock(0, (unsigned long *)head);
}

static inline bool hlist_bl_is_locked(struct hlist_bl_head *head)
{
	return bit_spin_is_locked(0, (unsigned long *)head);
}

#define hlist_bl_for_each_entry(item, node, head, member) \
	for ((node) = hlist_bl_first(head); \
	     (node) && ({ (item) = hlist_bl_entry(node, __typeof__(*(item)), member); 1; }); (node) = (node)->next)
#define hlist_bl_for_each_entry_safe(item, node, following, head, member) \
	for ((node) = hlist_bl_first(head); \
	     (node) && ({ \
		     (following) = (node)->next; \
		     (item) = hlist_bl_entry(node, __typeof__(*(item)), member); \
		     1; \
	     }); \
	     (node) = (following))

#endif

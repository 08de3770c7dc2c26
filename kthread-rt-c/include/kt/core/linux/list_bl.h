/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Lists whose head has a lock in its lowest bit. */
#ifndef KT_CORE_LINUX_LIST_BL_H
#define KT_CORE_LINUX_LIST_BL_H

#include <kt/core/linux/bit_spinlock.h>
#include <kt/core/linux/container_of.h>
#include <kt/core/linux/types.h>

struct hlist_bl_node {
	struct hlist_bl_node *next, **pprev;
};

struct hlist_bl_head {
	struct hlist_bl_node *first;
};

#define LIST_BL_LOCKMASK 1UL
#define INIT_HLIST_BL_HEAD(head) ((head)->first = NULL)

static inline void INIT_HLIST_BL_NODE(struct hlist_bl_node *node)
{
	node->next = NULL;
	node->pprev = NULL;
}
#define hlist_bl_entry(node, type, field) container_of(node, type, field)

static inline bool hlist_bl_unhashed(const struct hlist_bl_node *node)
{
	return !node->pprev;
}

static inline struct hlist_bl_node *hlist_bl_first(struct hlist_bl_head *head)
{
	return (struct hlist_bl_node *)((unsigned long)head->first & ~LIST_BL_LOCKMASK);
}

/* The caller has the lock, and it stays locked. */
static inline void hlist_bl_set_first(struct hlist_bl_head *head, struct hlist_bl_node *node)
{
	head->first = (struct hlist_bl_node *)((unsigned long)node | LIST_BL_LOCKMASK);
}

static inline bool hlist_bl_empty(const struct hlist_bl_head *head)
{
	return !((unsigned long)head->first & ~LIST_BL_LOCKMASK);
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

/* What points to it may be the head, whose lock stays as it is. */
static inline void __hlist_bl_del(struct hlist_bl_node *node)
{
	struct hlist_bl_node *next = node->next, **link = node->pprev;

	*link = (struct hlist_bl_node *)((unsigned long)next | ((unsigned long)*link & LIST_BL_LOCKMASK));
	if (next)
		next->pprev = link;
}

static inline void hlist_bl_del(struct hlist_bl_node *node)
{
	__hlist_bl_del(node);
	INIT_HLIST_BL_NODE(node);
}

static inline void hlist_bl_del_init(struct hlist_bl_node *node)
{
	if (!hlist_bl_unhashed(node))
		hlist_bl_del(node);
}

static inline void hlist_bl_lock(struct hlist_bl_head *head)
{
	bit_spin_lock(0, (unsigned long *)head);
}

static inline void hlist_bl_unlock(struct hlist_bl_head *head)
{
	bit_spin_unlock(0, (unsigned long *)head);
}

static inline bool hlist_bl_is_locked(struct hlist_bl_head *head)
{
	return bit_spin_is_locked(0, (unsigned long *)head);
}

#define hlist_bl_for_each_entry(item, node, head, field) \
	for (node = hlist_bl_first(head); node && ({ item = hlist_bl_entry(node, __typeof__(*item), field); 1; }); \
	     node = node->next)
#define hlist_bl_for_each_entry_safe(item, node, after, head, field) \
	for (node = hlist_bl_first(head); \
	     node && ({ after = node->next; item = hlist_bl_entry(node, __typeof__(*item), field); 1; }); node = after)

#endif

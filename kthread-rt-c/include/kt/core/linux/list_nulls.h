/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Hlists whose end marker identifies the list: a reader that followed a moved node to another list
 * notices it.
 */
#ifndef KT_CORE_LINUX_LIST_NULLS_H
#define KT_CORE_LINUX_LIST_NULLS_H

#include <kt/core/linux/compiler.h>
#include <kt/core/linux/container_of.h>
#include <kt/core/linux/list.h>
#include <kt/core/linux/types.h>

struct hlist_nulls_head {
	struct hlist_nulls_node *first;
};

struct hlist_nulls_node {
	struct hlist_nulls_node *next, **pprev;
};

/* An end marker: odd, with a number in it. */
#define NULLS_MARKER(value) (1UL | ((unsigned long)(value) << 1))
#define INIT_HLIST_NULLS_HEAD(head, nulls) ((head)->first = (struct hlist_nulls_node *)NULLS_MARKER(nulls))
#define HLIST_NULLS_HEAD_INIT(nulls) { (struct hlist_nulls_node *)NULLS_MARKER(nulls) }

#define hlist_nulls_entry(node, type, member) container_of(node, type, member)
#define hlist_nulls_entry_safe(node, type, member) \
	({ \
		__typeof__(node) __kt_node = (node); \
		is_a_nulls(__kt_node) ? (type *)0 : hlist_nulls_entry(__kt_node, type, member); \
	})

static inline int is_a_nulls(const struct hlist_nulls_node *node)
{
	return (unsigned long)node & 1;
}

static inline unsigned long get_nulls_value(const struct hlist_nulls_node *node)
{
	return (unsigned long)node >> 1;
}

static inline int hlist_nulls_unhashed(const struct hlist_nulls_node *node)
{
	return !node->pprev;
}

static inline int hlist_nulls_unhashed_lockless(const struct hlist_nulls_node *node)
{
	return !READ_ONCE(node->pprev);
}

static inline int hlist_nulls_empty(const struct hlist_nulls_head *head)
{
	return is_a_nulls(READ_ONCE(head->first));
}

static inline void hlist_nulls_add_head(struct hlist_nulls_node *node, struct hlist_nulls_head *head)
{
	struct hlist_nulls_node *first = head->first;

	node->next = first;
	WRITE_ONCE(node->pprev, &head->first);
	head->first = node;
	if (!is_a_nulls(first))
		WRITE_ONCE(first->pprev, &node->next);
}

static inline void __hlist_nulls_del(struct hlist_nulls_node *node)
{
	struct hlist_nulls_node *next = node->next, **pprev = node->pprev;

	WRITE_ONCE(*pprev, next);
	if (!is_a_nulls(next))
		WRITE_ONCE(next->pprev, pprev);
}

static inline void hlist_nulls_del(struct hlist_nulls_node *node)
{
	__hlist_nulls_del(node);
	WRITE_ONCE(node->pprev, (struct hlist_nulls_node **)LIST_POISON2);
}

#define hlist_nulls_for_each_entry_from(item, node, member) \
	for (; !is_a_nulls(node) && ({ (item) = hlist_nulls_entry(node, __typeof__(*(item)), member); 1; }); \
	     (node) = (node)->next)
#define hlist_nulls_for_each_entry(item, node, head, member) \
	for ((node) = (head)->first; \
	     !is_a_nulls(node) && ({ (item) = hlist_nulls_entry(node, __typeof__(*(item)), member); 1; }); \
	     (node) = (node)->next)

#endif

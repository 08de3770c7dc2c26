/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Lists sorted by priority, the smallest number first, then by age. A second list has one node of
 * each priority, so that an insertion only walks over the priorities.
 */
#ifndef KT_CORE_LINUX_PLIST_H
#define KT_CORE_LINUX_PLIST_H

#include <kt/core/linux/container_of.h>
#include <kt/core/linux/list.h>
#include <kt/core/linux/types.h>

struct plist_head {
	struct list_head node_list;
};

struct plist_node {
	int prio;
	struct list_head prio_list; /* links the first nodes of each priority; empty for others */
	struct list_head node_list;
};

#define PLIST_HEAD_INIT(head) { LIST_HEAD_INIT((head).node_list) }
#define PLIST_HEAD(head) struct plist_head head = PLIST_HEAD_INIT(head)
#define PLIST_NODE_INIT(node, priority) \
	{ (priority), LIST_HEAD_INIT((node).prio_list), LIST_HEAD_INIT((node).node_list) }

KT_BEGIN
void plist_add(struct plist_node *node, struct plist_head *head);
void plist_del(struct plist_node *node, struct plist_head *head);
/* Moves it after all nodes of its priority. */
void plist_requeue(struct plist_node *node, struct plist_head *head);
KT_END

static inline void plist_head_init(struct plist_head *head)
{
	INIT_LIST_HEAD(&head->node_list);
}

static inline void plist_node_init(struct plist_node *node, int prio)
{
	node->prio = prio;
	INIT_LIST_HEAD(&node->prio_list);
	INIT_LIST_HEAD(&node->node_list);
}

static inline int plist_head_empty(const struct plist_head *head)
{
	return list_empty(&head->node_list);
}

static inline int plist_node_empty(const struct plist_node *node)
{
	return list_empty(&node->node_list);
}

static inline struct plist_node *plist_first(const struct plist_head *head)
{
	return list_entry(head->node_list.next, struct plist_node, node_list);
}

static inline struct plist_node *plist_last(const struct plist_head *head)
{
	return list_entry(head->node_list.prev, struct plist_node, node_list);
}

#define plist_next(node) list_entry((node)->node_list.next, __typeof__(*(node)), node_list)
#define plist_prev(node) list_entry((node)->node_list.prev, __typeof__(*(node)), node_list)
#define plist_first_entry(head, type, member) container_of(plist_first(head), type, member)
#define plist_last_entry(head, type, member) container_of(plist_last(head), type, member)
#define plist_for_each(node, head) list_for_each_entry(node, &(head)->node_list, node_list)
#define plist_for_each_continue(node, head) list_for_each_entry_continue(node, &(head)->node_list, node_list)
#define plist_for_each_safe(node, next, head) list_for_each_entry_safe(node, next, &(head)->node_list, node_list)
#define plist_for_each_entry(item, head, member) list_for_each_entry(item, &(head)->node_list, member.node_list)
#define plist_for_each_entry_continue(item, head, member) \
	list_for_each_entry_continue(item, &(head)->node_list, member.node_list)
#define plist_for_each_entry_safe(item, next, head, member) \
	list_for_each_entry_safe(item, next, &(head)->node_list, member.node_list)

#endif

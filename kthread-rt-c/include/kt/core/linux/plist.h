/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Lists by priority: a lower number is nearer to the head, and what was added first among equals. */
#ifndef KT_CORE_LINUX_PLIST_H
#define KT_CORE_LINUX_PLIST_H

#include <kt/core/linux/container_of.h>
#include <kt/core/linux/list.h>
#include <kt/core/linux/types.h>

struct plist_head {
	struct list_head node_list;
};

/* `prio_list` links the first ones of each priority. */
struct plist_node {
	int prio;
	struct list_head prio_list;
	struct list_head node_list;
};

#define PLIST_HEAD_INIT(head) { .node_list = LIST_HEAD_INIT((head).node_list) }
#define PLIST_HEAD(head) struct plist_head head = PLIST_HEAD_INIT(head)
#define PLIST_NODE_INIT(node, priority) \
	{ .prio = (priority), .prio_list = LIST_HEAD_INIT((node).prio_list), .node_list = LIST_HEAD_INIT((node).node_list) }

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

#define plist_for_each(item, head) list_for_each_entry(item, &(head)->node_list, node_list)
#define plist_for_each_continue(item, head) list_for_each_entry_continue(item, &(head)->node_list, node_list)
#define plist_for_each_safe(item, after, head) list_for_each_entry_safe(item, after, &(head)->node_list, node_list)
#define plist_for_each_entry(item, head, field) list_for_each_entry(item, &(head)->node_list, field.node_list)
#define plist_for_each_entry_safe(item, after, head, field) \
	list_for_each_entry_safe(item, after, &(head)->node_list, field.node_list)

static inline struct plist_node *plist_first(const struct plist_head *head)
{
	return list_entry(head->node_list.next, struct plist_node, node_list);
}

static inline struct plist_node *plist_last(const struct plist_head *head)
{
	return list_entry(head->node_list.prev, struct plist_node, node_list);
}
#define plist_next(item) list_entry((item)->node_list.next, __typeof__(*(item)), node_list)
#define plist_prev(item) list_entry((item)->node_list.prev, __typeof__(*(item)), node_list)
#define plist_first_entry(head, type, field) container_of(plist_first(head), type, field)
#define plist_last_entry(head, type, field) container_of(plist_last(head), type, field)

/* Steps from one priority to the next. */
static inline void plist_add(struct plist_node *node, struct plist_head *head)
{
	struct plist_node *first = plist_head_empty(head) ? NULL : plist_first(head), *behind = first;
	bool alone = true;

	/* `behind` becomes the first one of a higher number, or the first of all again if there is none. */
	while (behind && behind->prio <= node->prio) {
		alone = behind->prio != node->prio;
		behind = list_entry(behind->prio_list.next, struct plist_node, prio_list);
		if (behind == first) {
			list_add_tail(&node->node_list, &head->node_list);
			if (alone)
				list_add_tail(&node->prio_list, &first->prio_list);
			return;
		}
	}
	list_add_tail(&node->node_list, behind ? &behind->node_list : &head->node_list);
	if (behind && alone)
		list_add_tail(&node->prio_list, &behind->prio_list);
}

static inline void plist_del(struct plist_node *node, struct plist_head *head)
{
	if (!list_empty(&node->prio_list)) {
		struct list_head *after = node->node_list.next;

		/* The next of the same priority takes its place. */
		if (after != &head->node_list) {
			struct plist_node *next = list_entry(after, struct plist_node, node_list);

			if (list_empty(&next->prio_list))
				list_add(&next->prio_list, &node->prio_list);
		}
		list_del_init(&node->prio_list);
	}
	list_del_init(&node->node_list);
}

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* linux/plist.h. */
#include <kt/core/linux/bug.h>
#include <kt/core/linux/plist.h>

void plist_add(struct plist_node *node, struct plist_head *head)
{
	struct plist_node *first, *at;
	struct list_head *behind = &head->node_list;
	bool alone = true;

	WARN_ON(!plist_node_empty(node));
	WARN_ON(!list_empty(&node->prio_list));
	INIT_LIST_HEAD(&node->prio_list);
	if (!plist_head_empty(head)) {
		/* The first node of the next priority: the new node is inserted before it. */
		at = first = plist_first(head);
		do {
			if (node->prio < at->prio) {
				behind = &at->node_list;
				break;
			}
			if (node->prio == at->prio)
				alone = false;
			at = list_entry(at->prio_list.next, struct plist_node, prio_list);
		} while (at != first);
		if (alone)
			list_add_tail(&node->prio_list, &at->prio_list);
	}
	list_add_tail(&node->node_list, behind);
}

void plist_del(struct plist_node *node, struct plist_head *head)
{
	if (!list_empty(&node->prio_list)) {
		/*
		 * The next node of the same priority, if any, takes its place in the list of
		 * priorities.
		 */
		if (node->node_list.next != &head->node_list) {
			struct plist_node *next = plist_next(node);

			if (list_empty(&next->prio_list))
				list_add(&next->prio_list, &node->prio_list);
		}
		list_del_init(&node->prio_list);
	}
	list_del_init(&node->node_list);
}

void plist_requeue(struct plist_node *node, struct plist_head *head)
{
	if (plist_head_empty(head) || node == plist_last(head))
		return;
	plist_del(node, head);
	plist_add(node, head);
}

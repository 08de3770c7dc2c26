/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Lock-free lists with many producers and one consumer. */
#ifndef KT_CORE_LINUX_LLIST_H
#define KT_CORE_LINUX_LLIST_H

#include <kt/core/linux/atomic.h>
#include <kt/core/linux/container_of.h>

struct llist_head {
	struct llist_node *first;
};
struct llist_node {
	struct llist_node *next;
};

#define LLIST_HEAD_INIT(name) { 0 }
#define LLIST_HEAD(name) struct llist_head name = LLIST_HEAD_INIT(name)

static inline void init_llist_head(struct llist_head *list)
{
	list->first = 0;
}

/* A node that is on no list points to itself, if it was initialized. */
static inline void init_llist_node(struct llist_node *node)
{
	node->next = node;
}

static inline bool llist_on_list(const struct llist_node *node)
{
	return node->next != node;
}

static inline bool llist_empty(const struct llist_head *head)
{
	return !READ_ONCE(head->first);
}

static inline struct llist_node *llist_next(struct llist_node *node)
{
	return node->next;
}

/* Both return whether the list was empty. */
static inline bool llist_add_batch(struct llist_node *new_first, struct llist_node *new_last, struct llist_head *head)
{
	struct llist_node *first = READ_ONCE(head->first);

	do
		new_last->next = first;
	while (!try_cmpxchg(&head->first, &first, new_first));
	return !first;
}

static inline bool llist_add(struct llist_node *node, struct llist_head *head)
{
	return llist_add_batch(node, node, head);
}

static inline bool __llist_add(struct llist_node *node, struct llist_head *head)
{
	node->next = head->first;
	head->first = node;
	return !node->next;
}

/* Takes all nodes, the newest first. */
static inline struct llist_node *llist_del_all(struct llist_head *head)
{
	return xchg(&head->first, (struct llist_node *)0);
}

static inline struct llist_node *__llist_del_all(struct llist_head *head)
{
	struct llist_node *first = head->first;

	head->first = 0;
	return first;
}

/*
 * Only one consumer at a time: it could not notice that another one took the first node and added
 * it again (ABA).
 */
static inline struct llist_node *llist_del_first(struct llist_head *head)
{
	struct llist_node *first = smp_load_acquire(&head->first);

	while (first && !try_cmpxchg(&head->first, &first, READ_ONCE(first->next)))
		;
	return first;
}

static inline struct llist_node *llist_reverse_order(struct llist_node *head)
{
	struct llist_node *reversed = 0;

	while (head) {
		struct llist_node *next = head->next;

		head->next = reversed;
		reversed = head;
		head = next;
	}
	return reversed;
}

#define llist_entry(ptr, type, member) container_of(ptr, type, member)
/* A list ends with a null node. */
#define __kt_llist_is(pos, member) ((unsigned long)(pos) + offsetof(__typeof__(*(pos)), member) != 0)
#define llist_for_each(pos, node) for ((pos) = (node); pos; (pos) = (pos)->next)
#define llist_for_each_safe(pos, n, node) for ((pos) = (node); (pos) && ((n) = (pos)->next, true); (pos) = (n))
#define llist_for_each_entry(pos, node, member) \
	for ((pos) = llist_entry((node), __typeof__(*(pos)), member); __kt_llist_is(pos, member); \
	     (pos) = llist_entry((pos)->member.next, __typeof__(*(pos)), member))
#define llist_for_each_entry_safe(pos, n, node, member) \
	for ((pos) = llist_entry((node), __typeof__(*(pos)), member); \
	     __kt_llist_is(pos, member) && ((n) = llist_entry((pos)->member.next, __typeof__(*(n)), member), true); (pos) = (n))

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Intrusive lists. A zeroed head counts as an empty list, too. */
#ifndef KT_CORE_LINUX_LIST_H
#define KT_CORE_LINUX_LIST_H

#include <kt/core/linux/container_of.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

#define LIST_HEAD_INIT(name) { &(name), &(name) }
#define LIST_HEAD(name) struct list_head name = LIST_HEAD_INIT(name)

/* The pointers of a deleted entry. */
#define LIST_POISON1 ((struct list_head *)0xdead000000000100)
#define LIST_POISON2 ((struct list_head *)0xdead000000000122)

static inline void INIT_LIST_HEAD(struct list_head *list)
{
	list->next = list->prev = list;
}

/* True for a head that points to itself, or was only zeroed. */
static inline int list_empty(const struct list_head *head)
{
	return head->next == head || !head->next;
}

static inline int list_empty_careful(const struct list_head *head)
{
	struct list_head *next = __atomic_load_n(&head->next, __ATOMIC_ACQUIRE), *prev = READ_ONCE(head->prev);

	return (next == head || !next) && (prev == head || !prev);
}

/* Links `b` after `a`. Does not change the old neighbours. */
static inline void kt_list_join(struct list_head *a, struct list_head *b)
{
	b->prev = a;
	WRITE_ONCE(a->next, b);
}

static inline void __list_add(struct list_head *entry, struct list_head *before, struct list_head *after)
{
	entry->prev = before;
	entry->next = after;
	after->prev = entry;
	WRITE_ONCE(before->next, entry);
}

static inline void list_add(struct list_head *entry, struct list_head *head)
{
	if (!head->next)
		INIT_LIST_HEAD(head);
	__list_add(entry, head, head->next);
}

static inline void list_add_tail(struct list_head *entry, struct list_head *head)
{
	if (!head->next)
		INIT_LIST_HEAD(head);
	__list_add(entry, head->prev, head);
}

static inline void __list_del(struct list_head *before, struct list_head *after)
{
	after->prev = before;
	WRITE_ONCE(before->next, after);
}

static inline void __list_del_entry(struct list_head *entry)
{
	if (entry->next)
		__list_del(entry->prev, entry->next);
}

static inline void list_del(struct list_head *entry)
{
	__list_del_entry(entry);
	entry->next = LIST_POISON1;
	entry->prev = LIST_POISON2;
}

static inline void list_del_init(struct list_head *entry)
{
	__list_del_entry(entry);
	INIT_LIST_HEAD(entry);
}

static inline void list_move(struct list_head *entry, struct list_head *head)
{
	__list_del_entry(entry);
	list_add(entry, head);
}

static inline void list_move_tail(struct list_head *entry, struct list_head *head)
{
	__list_del_entry(entry);
	list_add_tail(entry, head);
}

static inline void list_replace(struct list_head *old, struct list_head *entry)
{
	__list_add(entry, old->prev, old->next);
}

static inline void list_replace_init(struct list_head *old, struct list_head *entry)
{
	list_replace(old, entry);
	INIT_LIST_HEAD(old);
}

#if KT_SINCE(5, 1)
static inline int list_is_first(const struct list_head *entry, const struct list_head *head)
{
	return entry->prev == head;
}
#endif

static inline int list_is_last(const struct list_head *entry, const struct list_head *head)
{
	return entry->next == head;
}

#if KT_SINCE(5, 17)
static inline int list_is_head(const struct list_head *entry, const struct list_head *head)
{
	return entry == head;
}
#endif

static inline int list_is_singular(const struct list_head *head)
{
	return !list_empty(head) && head->next == head->prev;
}

static inline void __list_splice(struct list_head *list, struct list_head *before, struct list_head *after)
{
	struct list_head *first = list->next, *last = list->prev;

	first->prev = before;
	before->next = first;
	last->next = after;
	after->prev = last;
}

static inline void list_splice(struct list_head *list, struct list_head *head)
{
	if (!head->next)
		INIT_LIST_HEAD(head);
	if (!list_empty(list))
		__list_splice(list, head, head->next);
}

static inline void list_splice_tail(struct list_head *list, struct list_head *head)
{
	if (!head->next)
		INIT_LIST_HEAD(head);
	if (!list_empty(list))
		__list_splice(list, head->prev, head);
}

static inline void list_splice_init(struct list_head *list, struct list_head *head)
{
	list_splice(list, head);
	INIT_LIST_HEAD(list);
}

static inline void list_splice_tail_init(struct list_head *list, struct list_head *head)
{
	list_splice_tail(list, head);
	INIT_LIST_HEAD(list);
}

static inline void list_rotate_left(struct list_head *head)
{
	if (!list_empty(head))
		list_move_tail(head->next, head);
}

/* Rotates the list so that `entry` is the first. */
static inline void list_rotate_to_front(struct list_head *entry, struct list_head *head)
{
	list_move_tail(head, entry);
}

/* All from `first` to `last`. */
static inline void list_bulk_move_tail(struct list_head *head, struct list_head *first, struct list_head *last)
{
	kt_list_join(first->prev, last->next);
	if (!head->next)
		INIT_LIST_HEAD(head);
	kt_list_join(head->prev, first);
	kt_list_join(last, head);
}

static inline void list_swap(struct list_head *a, struct list_head *b)
{
	struct list_head *before = b->prev;

	__list_del_entry(b);
	INIT_LIST_HEAD(b);
	list_replace(a, b);
	/* If they were neighbours, this completes the exchange. */
	list_add(a, before == a ? b : before);
}

/* Moves all entries before `entry` from `head` to `list`, which is overwritten. */
static inline void list_cut_before(struct list_head *list, struct list_head *head, struct list_head *entry)
{
	struct list_head *first = head->next, *last = entry->prev;

	if (list_empty(head) || first == entry) {
		INIT_LIST_HEAD(list);
	} else {
		kt_list_join(list, first);
		kt_list_join(last, list);
		kt_list_join(head, entry);
	}
}

/* Including `entry`. Does nothing if `head` is empty. */
static inline void list_cut_position(struct list_head *list, struct list_head *head, struct list_head *entry)
{
	if (list_empty(head))
		return;
	if (entry == head)
		INIT_LIST_HEAD(list);
	else
		list_cut_before(list, head, entry->next);
}

/*
 * For list_empty_careful() in another thread: a thread that sees the entry empty sees everything
 * before the removal.
 */
static inline void list_del_init_careful(struct list_head *entry)
{
	__list_del_entry(entry);
	WRITE_ONCE(entry->prev, entry);
	__atomic_store_n(&entry->next, entry, __ATOMIC_RELEASE);
}

#if KT_SINCE(6, 1)
static inline size_t list_count_nodes(struct list_head *head)
{
	size_t count = 0;

	if (head->next)
		for (struct list_head *node = head->next; node != head; node = node->next)
			count++;
	return count;
}
#endif

/* The checks of a debug kernel: always fine here. */
static inline bool __list_add_valid(struct list_head *entry, struct list_head *before, struct list_head *after)
{
	(void)entry, (void)before, (void)after;
	return true;
}

static inline bool __list_del_entry_valid(struct list_head *entry)
{
	(void)entry;
	return true;
}

static inline void __list_del_clearprev(struct list_head *entry)
{
	__list_del(entry->prev, entry->next);
	entry->prev = 0;
}

#define list_entry(ptr, type, member) container_of(ptr, type, member)
#define list_first_entry(head, type, member) list_entry((head)->next, type, member)
#if KT_SINCE(3, 13)
#define list_last_entry(head, type, member) list_entry((head)->prev, type, member)
#endif
#define list_first_entry_or_null(head, type, member) \
	(list_empty(head) ? (type *)0 : list_first_entry(head, type, member))
#define __kt_next_entry(pos, member) list_entry((pos)->member.next, __typeof__(*(pos)), member)
#define __kt_prev_entry(pos, member) list_entry((pos)->member.prev, __typeof__(*(pos)), member)
#if KT_SINCE(3, 13)
#define list_next_entry(pos, member) __kt_next_entry(pos, member)
#define list_prev_entry(pos, member) __kt_prev_entry(pos, member)
#endif
#if KT_SINCE(5, 17)
#define list_next_entry_circular(pos, head, member) \
	(list_is_last(&(pos)->member, head) ? list_first_entry(head, __typeof__(*(pos)), member) : \
					      list_next_entry(pos, member))
#define list_prev_entry_circular(pos, head, member) \
	(list_is_first(&(pos)->member, head) ? list_last_entry(head, __typeof__(*(pos)), member) : \
					       list_prev_entry(pos, member))
#endif
#define list_entry_is_head(pos, head, member) (&(pos)->member == (head))

/* The first node, or the head itself if the list is empty or the head is zeroed. */
#define __kt_list_first(head) ((head)->next ? (head)->next : (head))
#define __kt_list_last(head) ((head)->prev ? (head)->prev : (head))

#define list_for_each(pos, head) for (pos = __kt_list_first(head); pos != (head); pos = pos->next)
#define list_for_each_prev(pos, head) for (pos = __kt_list_last(head); pos != (head); pos = pos->prev)
#define list_for_each_safe(pos, n, head) \
	for (pos = __kt_list_first(head), n = pos->next; pos != (head); pos = n, n = pos->next)
#define list_for_each_prev_safe(pos, n, head) \
	for (pos = __kt_list_last(head), n = pos->prev; pos != (head); pos = n, n = pos->prev)
#define list_for_each_continue(pos, head) for (pos = pos->next; pos != (head); pos = pos->next)
#define list_for_each_rcu(pos, head) \
	for (pos = __atomic_load_n(&(head)->next, __ATOMIC_ACQUIRE); pos && pos != (head); \
	     pos = __atomic_load_n(&pos->next, __ATOMIC_ACQUIRE))
#define list_for_each_entry(pos, head, member) \
	for (pos = list_entry(__kt_list_first(head), __typeof__(*pos), member); &pos->member != (head); \
	     pos = __kt_next_entry(pos, member))
#define list_for_each_entry_reverse(pos, head, member) \
	for (pos = list_entry(__kt_list_last(head), __typeof__(*pos), member); &pos->member != (head); \
	     pos = __kt_prev_entry(pos, member))
#define list_for_each_entry_continue(pos, head, member) \
	for (pos = __kt_next_entry(pos, member); &pos->member != (head); pos = __kt_next_entry(pos, member))
#define list_for_each_entry_continue_reverse(pos, head, member) \
	for (pos = __kt_prev_entry(pos, member); &pos->member != (head); pos = __kt_prev_entry(pos, member))
#define list_for_each_entry_from(pos, head, member) \
	for (; &pos->member != (head); pos = __kt_next_entry(pos, member))
#define list_for_each_entry_from_reverse(pos, head, member) \
	for (; &pos->member != (head); pos = __kt_prev_entry(pos, member))
/* For list_for_each_entry_continue(), which begins after `pos`: an entry before the first. */
#define list_prepare_entry(pos, head, member) ((pos) ?: list_entry(head, __typeof__(*pos), member))
#define list_safe_reset_next(pos, n, member) (n = __kt_next_entry(pos, member))
#define list_for_each_entry_safe_from(pos, n, head, member) \
	for (n = __kt_next_entry(pos, member); &pos->member != (head); pos = n, n = __kt_next_entry(n, member))
#define list_for_each_entry_safe_continue(pos, n, head, member) \
	for (pos = __kt_next_entry(pos, member), n = __kt_next_entry(pos, member); &pos->member != (head); \
	     pos = n, n = __kt_next_entry(n, member))
#define list_for_each_entry_safe(pos, n, head, member) \
	for (pos = list_entry(__kt_list_first(head), __typeof__(*pos), member), n = __kt_next_entry(pos, member); \
	     &pos->member != (head); pos = n, n = __kt_next_entry(n, member))
#define list_for_each_entry_safe_reverse(pos, n, head, member) \
	for (pos = list_entry(__kt_list_last(head), __typeof__(*pos), member), n = __kt_prev_entry(pos, member); \
	     &pos->member != (head); pos = n, n = __kt_prev_entry(n, member))

/* Lists whose head is a single pointer. */
#define HLIST_HEAD_INIT { 0 }
#define HLIST_HEAD(name) struct hlist_head name = HLIST_HEAD_INIT
#define INIT_HLIST_HEAD(ptr) ((ptr)->first = 0)

static inline void INIT_HLIST_NODE(struct hlist_node *node)
{
	node->next = 0;
	node->pprev = 0;
}

static inline int hlist_unhashed(const struct hlist_node *node)
{
	return !node->pprev;
}

static inline int hlist_unhashed_lockless(const struct hlist_node *node)
{
	return !READ_ONCE(node->pprev);
}

static inline int hlist_empty(const struct hlist_head *head)
{
	return !head->first;
}

static inline void hlist_add_head(struct hlist_node *node, struct hlist_head *head)
{
	node->next = head->first;
	if (node->next)
		node->next->pprev = &node->next;
	head->first = node;
	node->pprev = &head->first;
}

static inline void hlist_add_before(struct hlist_node *node, struct hlist_node *next)
{
	node->pprev = next->pprev;
	node->next = next;
	next->pprev = &node->next;
	WRITE_ONCE(*node->pprev, node);
}

static inline void kt_hlist_add_behind(struct hlist_node *node, struct hlist_node *prev)
{
	node->next = prev->next;
	prev->next = node;
	node->pprev = &prev->next;
	if (node->next)
		node->next->pprev = &node->next;
}

#if KT_SINCE(3, 17)
#define hlist_add_behind kt_hlist_add_behind
#else
static inline void hlist_add_after(struct hlist_node *prev, struct hlist_node *node)
{
	kt_hlist_add_behind(node, prev);
}
#endif

static inline void __hlist_del(struct hlist_node *node)
{
	*node->pprev = node->next;
	if (node->next)
		node->next->pprev = node->pprev;
}

static inline void hlist_del(struct hlist_node *node)
{
	__hlist_del(node);
	node->next = (struct hlist_node *)LIST_POISON1;
	node->pprev = (struct hlist_node **)LIST_POISON2;
}

static inline void hlist_del_init(struct hlist_node *node)
{
	if (!hlist_unhashed(node)) {
		__hlist_del(node);
		INIT_HLIST_NODE(node);
	}
}

/* Makes a node look like a list's, so that hlist_del() may be called on it. */
static inline void hlist_add_fake(struct hlist_node *node)
{
	node->pprev = &node->next;
}

static inline bool hlist_fake(struct hlist_node *node)
{
	return node->pprev == &node->next;
}

static inline bool hlist_is_singular_node(struct hlist_node *node, struct hlist_head *head)
{
	return !node->next && node->pprev == &head->first;
}

static inline void hlist_move_list(struct hlist_head *from, struct hlist_head *to)
{
	to->first = from->first;
	if (to->first)
		to->first->pprev = &to->first;
	from->first = 0;
}

/* Prepends all of `from`, whose last node is `last`, to `to`. */
static inline void hlist_splice_init(struct hlist_head *from, struct hlist_node *last, struct hlist_head *to)
{
	last->next = to->first;
	if (to->first)
		to->first->pprev = &last->next;
	to->first = from->first;
	to->first->pprev = &to->first;
	from->first = 0;
}

static inline size_t hlist_count_nodes(struct hlist_head *head)
{
	size_t count = 0;

	for (struct hlist_node *node = head->first; node; node = node->next)
		count++;
	return count;
}

#define hlist_entry(ptr, type, member) container_of(ptr, type, member)
#define hlist_entry_safe(ptr, type, member) \
	({ \
		__typeof__(ptr) __kt_ptr = (ptr); \
		__kt_ptr ? hlist_entry(__kt_ptr, type, member) : (type *)0; \
	})
#define hlist_for_each(pos, head) for (pos = (head)->first; pos; pos = pos->next)
#define hlist_for_each_safe(pos, n, head) for (pos = (head)->first; pos && ((n = pos->next), 1); pos = n)
#define hlist_for_each_entry(pos, head, member) \
	for (pos = hlist_entry_safe((head)->first, __typeof__(*(pos)), member); pos; \
	     pos = hlist_entry_safe((pos)->member.next, __typeof__(*(pos)), member))
#define hlist_for_each_entry_from(pos, member) \
	for (; pos; pos = hlist_entry_safe((pos)->member.next, __typeof__(*(pos)), member))
#define hlist_for_each_entry_continue(pos, member) \
	for (pos = hlist_entry_safe((pos)->member.next, __typeof__(*(pos)), member); pos; \
	     pos = hlist_entry_safe((pos)->member.next, __typeof__(*(pos)), member))
#define hlist_for_each_entry_safe(pos, n, head, member) \
	for (pos = hlist_entry_safe((head)->first, __typeof__(*(pos)), member); pos && ((n = pos->member.next), 1); \
	     pos = hlist_entry_safe(n, __typeof__(*(pos)), member))

#endif

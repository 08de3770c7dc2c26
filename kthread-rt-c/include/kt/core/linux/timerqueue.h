/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Nodes sorted by time. */
#ifndef KT_CORE_LINUX_TIMERQUEUE_H
#define KT_CORE_LINUX_TIMERQUEUE_H

#include <kt/core/linux/ktime.h>
#include <kt/core/linux/rbtree.h>
#include <kt/core/linux/types.h>

struct timerqueue_node {
	struct rb_node node;
	ktime_t expires;
};

struct timerqueue_head {
	struct rb_root_cached rb_root;
};

static inline void timerqueue_init_head(struct timerqueue_head *head)
{
	head->rb_root.rb_root.rb_node = NULL;
	head->rb_root.rb_leftmost = NULL;
}

static inline void timerqueue_init(struct timerqueue_node *node)
{
	RB_CLEAR_NODE(&node->node);
}

static inline bool timerqueue_node_queued(struct timerqueue_node *node)
{
	return !RB_EMPTY_NODE(&node->node);
}

static inline struct timerqueue_node *timerqueue_getnext(struct timerqueue_head *head)
{
	return rb_entry_safe(rb_first_cached(&head->rb_root), struct timerqueue_node, node);
}

/* Adds after nodes of the same time. True if it is the first now. */
static inline bool timerqueue_add(struct timerqueue_head *head, struct timerqueue_node *node)
{
	struct rb_node **link = &head->rb_root.rb_root.rb_node, *parent = NULL;
	bool first = true;

	while (*link) {
		parent = *link;
		if (__kt_ns(node->expires) < __kt_ns(rb_entry(parent, struct timerqueue_node, node)->expires)) {
			link = &parent->rb_left;
		} else {
			link = &parent->rb_right;
			first = false;
		}
	}
	rb_link_node(&node->node, parent, link);
	rb_insert_color_cached(&node->node, &head->rb_root, first);
	return first;
}

/* True if the queue is not empty now. */
static inline bool timerqueue_del(struct timerqueue_head *head, struct timerqueue_node *node)
{
	rb_erase_cached(&node->node, &head->rb_root);
	RB_CLEAR_NODE(&node->node);
	return !RB_EMPTY_ROOT(&head->rb_root.rb_root);
}

static inline struct timerqueue_node *timerqueue_iterate_next(struct timerqueue_node *node)
{
	return node ? rb_entry_safe(rb_next(&node->node), struct timerqueue_node, node) : NULL;
}

#endif

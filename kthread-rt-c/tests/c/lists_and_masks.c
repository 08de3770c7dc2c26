// SPDX-License-Identifier: MIT OR Apache-2.0
/* Lists that are cut, swapped and moved; cpus in any order; patterns; what has tainted the kernel. */
#include <linux/cpumask.h>
#include <linux/glob.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/panic.h>
#include <linux/string.h>

struct item {
	int number;
	struct list_head node;
	struct hlist_node hnode;
};

static struct item items[6];
static LIST_HEAD(list);
static LIST_HEAD(other);

static void fill(void)
{
	int i;

	INIT_LIST_HEAD(&list);
	INIT_LIST_HEAD(&other);
	for (i = 0; i < ARRAY_SIZE(items); i++) {
		items[i].number = i;
		list_add_tail(&items[i].node, &list);
	}
}

/* Forwards; and backwards it has to be the same. */
static void show(const char *what, struct list_head *head)
{
	char text[32] = "";
	struct item *item;
	int length = 0, back = 0;

	list_for_each_entry(item, head, node)
		length += scnprintf(text + length, sizeof(text) - length, " %d", item->number);
	list_for_each_entry_reverse(item, head, node)
		if (text[length - 1 - 2 * back++] != '0' + item->number)
			pr_info("%s: backwards there is %d\n", what, item->number);
	pr_info("%s:%s\n", what, text);
}

static void lists(void)
{
	struct item *item, *next;

	fill();
	list_cut_before(&other, &list, &items[2].node);
	show("cut before 2", &other);
	list_cut_position(&other, &list, &items[3].node);
	show("cut behind 3", &other);
	show("left", &list);
	list_cut_position(&other, &list, &list);
	show("cut at the head", &other);

	fill();
	list_swap(&items[1].node, &items[4].node);
	list_swap(&items[2].node, &items[3].node);
	list_swap(&items[0].node, &items[4].node);
	show("swapped", &list);
	fill();
	list_bulk_move_tail(&list, &items[1].node, &items[3].node);
	show("moved to the tail", &list);
	fill();
	list_rotate_to_front(&items[3].node, &list);
	show("3 to the front", &list);
	item = list_prev_entry_circular(&items[3], &list, node);
	next = list_next_entry_circular(&items[2], &list, node);
	pr_info("around: %d and %d\n", item->number, next->number);
	item = &items[3];
	list_for_each_entry_safe_continue(item, next, &list, node)
		if (item->number % 2)
			list_del_init_careful(&item->node);
	show("odd ones deleted behind 3", &list);
	pr_info("deleted: %d\n", list_empty_careful(&items[5].node));
}

static void hlists(void)
{
	struct hlist_head head = HLIST_HEAD_INIT, moved;
	struct hlist_node fake;
	struct item *item;
	int sum = 0;

	hlist_add_head(&items[1].hnode, &head);
	pr_info("the only one: %d\n", hlist_is_singular_node(&items[1].hnode, &head));
	hlist_add_before(&items[0].hnode, &items[1].hnode);
	hlist_add_behind(&items[2].hnode, &items[1].hnode);
	hlist_move_list(&head, &moved);
	pr_info("moved: %d\n", hlist_empty(&head));
	hlist_for_each_entry(item, &moved, hnode)
		sum = 10 * sum + item->number;
	item = &items[0];
	hlist_for_each_entry_continue(item, hnode)
		sum = 10 * sum + item->number;
	item = &items[2];
	hlist_for_each_entry_from(item, hnode)
		sum = 10 * sum + item->number;
	pr_info("012, 12, and 2: %d\n", sum);
	hlist_add_fake(&fake);
	pr_info("as if on a list: %d\n", hlist_fake(&fake) && !hlist_unhashed_lockless(&fake));
}

static void cpus(void)
{
	static struct cpumask some, others;
	char text[64] = "";
	int cpu, length = 0;

	/* No more than there are: those that are not there are not walked over. */
	for (cpu = 0; cpu < 2; cpu++)
		cpumask_set_cpu(cpu, &some);
	cpumask_set_cpu(0, &others);
	for_each_cpu_wrap(cpu, &some, 1)
		length += scnprintf(text + length, sizeof(text) - length, " %d", cpu);
	if (nr_cpu_ids > 1)
		pr_info("from 1 around:%s\n", text);
	else
		pr_info("from 1 around: 1 0\n");
	pr_info("in one, and not in the other: %u, then none: %d\n", cpumask_next_andnot(-1, &some, &others),
		cpumask_next_andnot(1, &some, &others) >= nr_cpu_ids);
	pr_info("in both: %u, either: %d; second: %u, first of both, of the rest: %u %u\n", cpumask_weight_and(&some, &others),
		cpumask_or_equal(&some, &others, &some), cpumask_nth(1, &some), cpumask_nth_and(0, &some, &others),
		cpumask_nth_andnot(0, &some, &others));
	/* A mask ends at the last cpu, and what is shifted out is gone. */
	cpumask_copy(&others, cpumask_of(0));
	cpumask_shift_left(&others, &others, 1);
	pr_info("shifted: %d", nr_cpu_ids == 1 ? cpumask_empty(&others) : cpumask_first(&others) == 1);
	cpumask_setall(&others);
	cpumask_shift_left(&others, &others, 1);
	pr_cont(", out: %d", cpumask_weight(&others) == nr_cpu_ids - 1);
	cpumask_shift_right(&others, cpumask_of(0), 1);
	pr_cont(", down: %d\n", cpumask_empty(&others));
}

static void patterns(void)
{
	static const char *const matches[][2] = {
		{ "a\\", "a" }, { "*", "" }, { "a*c*e", "abcde" }, { "[!a-c]?", "dz" }, { "[]-]x", "]x" },
		{ "[a", "[a" }, { "\\*", "*" }, { "*.[ch]", "list.h" }, { "", "" },
	};
	static const char *const fails[][2] = {
		{ "?", "" }, { "a*c*e", "abcd" }, { "[!a-c]?", "az" }, { "[a-]", "b" },
		{ "\\*", "x" }, { "*.[ch]", "list.rs" }, { "", "x" }, { "abc", "ab" }, { "a\\", "ab" },
	};
	int i, right = 0;

	for (i = 0; i < ARRAY_SIZE(matches); i++)
		right += glob_match(matches[i][0], matches[i][1]);
	for (i = 0; i < ARRAY_SIZE(fails); i++)
		right += !glob_match(fails[i][0], fails[i][1]);
	pr_info("patterns: %d of %zu\n", right, ARRAY_SIZE(matches) + ARRAY_SIZE(fails));
	pr_info("strnchr finds the end: %d, not beyond the count: %d\n", strnchr("ab", 3, 0) != NULL,
		strnchr("ab", 2, 0) == NULL);
}

static int __init lists_init(void)
{
	lists();
	hlists();
	cpus();
	patterns();
	pr_info("tainted: %lu", get_taint());
	add_taint(TAINT_TEST, LOCKDEP_STILL_OK);
	pr_cont(", then %lu, by a test: %d\n", get_taint(), test_taint(TAINT_TEST));
	return 0;
}

static void __exit lists_exit(void)
{
}

module_init(lists_init);
module_exit(lists_exit);
MODULE_LICENSE("Dual MIT/Apache-2.0");

// SPDX-License-Identifier: MIT OR Apache-2.0
/* Lists, and what can be done with them. */
#include <linux/list.h>
#include <linux/module.h>
#include <linux/rculist.h>
#include <linux/swab.h>

struct item {
	char name;
	struct list_head list;
	struct hlist_node node;
};

static struct item items[6];

static void fill(struct list_head *head)
{
	INIT_LIST_HEAD(head);
	for (int i = 0; i < 6; i++) {
		items[i].name = 'a' + i;
		list_add_tail(&items[i].list, head);
	}
}

/* Forwards and backwards, which must agree. */
static void show(const char *what, struct list_head *head)
{
	struct item *item;
	char forwards[8] = "", backwards[8] = "";
	int n = 0;

	list_for_each_entry(item, head, list)
		forwards[n++] = item->name;
	list_for_each_entry_reverse(item, head, list)
		backwards[--n] = item->name;
	pr_info("%s: \"%s\"%s\n", what, forwards, strcmp(forwards, backwards) ? " BROKEN" : "");
}

static void show_hlist(const char *what, struct hlist_head *head)
{
	struct item *item;
	struct hlist_node **link = &head->first;
	char names[8] = "";
	int n = 0;

	hlist_for_each_entry(item, head, node) {
		names[n++] = item->name;
		if (item->node.pprev != link)
			names[n++] = '!';
		link = &item->node.next;
	}
	pr_info("%s: \"%s\"\n", what, names);
}

static void lists(void)
{
	static LIST_HEAD(head);
	static LIST_HEAD(other);
	struct item *item, *next;
	struct list_head *pos, *after;
	char names[16] = "";
	int n = 0;

	fill(&head);
	list_swap(&items[1].list, &items[2].list);
	show("list_swap of neighbours", &head);
	list_swap(&items[1].list, &items[2].list);
	show("and back", &head);
	list_swap(&items[0].list, &items[5].list);
	show("list_swap of the ends", &head);

	fill(&head);
	list_rotate_to_front(&items[3].list, &head);
	show("list_rotate_to_front", &head);
	fill(&head);
	list_bulk_move_tail(&head, &items[1].list, &items[2].list);
	show("list_bulk_move_tail", &head);

	fill(&head);
	list_cut_position(&other, &head, &items[2].list);
	show("list_cut_position", &other);
	show("what is left", &head);
	list_cut_before(&other, &head, &items[4].list);
	show("list_cut_before", &other);
	show("what is left", &head);
	list_cut_before(&other, &head, &items[4].list);
	pr_info("list_cut_before the first cuts nothing: %d\n", list_empty(&other));

	fill(&head);
	list_del_init_careful(&items[2].list);
	pr_info("list_empty_careful of what was deleted: %d\n", list_empty_careful(&items[2].list));
	show("list_del_init_careful", &head);

	fill(&head);
	item = &items[4];
	pr_info("circular: %c %c\n", list_next_entry_circular(&items[5], &head, list)->name,
		list_prev_entry_circular(&items[0], &head, list)->name);
	list_for_each_entry_continue_reverse(item, &head, list)
		names[n++] = item->name;
	names[n++] = ' ';
	item = &items[1];
	list_for_each_entry_from_reverse(item, &head, list)
		names[n++] = item->name;
	names[n++] = ' ';
	item = list_prepare_entry((struct item *)NULL, &head, list);
	list_for_each_entry_safe_continue(item, next, &head, list) {
		names[n++] = item->name;
		if (item->name == 'b') {
			list_del(&items[2].list);
			list_safe_reset_next(item, next, list);
		}
	}
	pr_info("continue_reverse, from_reverse, safe_continue: %s\n", names);
	item = &items[3];
	list_for_each_entry_safe_from(item, next, &head, list)
		list_del(&item->list);
	show("deleted by safe_from", &head);
	list_for_each_prev_safe(pos, after, &head)
		list_del(pos);
	pr_info("and by prev_safe: %d\n", list_empty(&head));

	fill(&head);
	list_splice_tail_init_rcu(&head, &other, synchronize_rcu);
	show("list_splice_tail_init_rcu to an empty one", &other);
	fill(&head);
	list_cut_position(&other, &head, &items[1].list);
	list_splice_init_rcu(&other, &head, synchronize_rcu);
	show("list_splice_init_rcu", &head);
	pr_info("the other is empty: %d\n", list_empty(&other));
}

static void hlists(void)
{
	HLIST_HEAD(head);
	HLIST_HEAD(other);
	struct item *item;
	struct hlist_node fake;
	int n = 0;

	hlist_add_head(&items[1].node, &head);
	pr_info("hlist_is_singular_node: %d\n", hlist_is_singular_node(&items[1].node, &head));
	hlist_add_before(&items[0].node, &items[1].node);
	hlist_add_behind(&items[3].node, &items[1].node);
	hlist_add_behind(&items[2].node, &items[1].node);
	show_hlist("hlist_add_before, hlist_add_behind", &head);
	item = &items[1];
	hlist_for_each_entry_continue(item, node)
		n += item->name;
	item = &items[2];
	hlist_for_each_entry_from(item, node)
		n += item->name;
	pr_info("continue and from: %d\n", n == 2 * ('c' + 'd'));
	hlist_move_list(&head, &other);
	show_hlist("hlist_move_list", &other);
	hlist_add_head(&items[4].node, &head);
	hlists_swap_heads_rcu(&head, &other);
	show_hlist("hlists_swap_heads_rcu", &head);
	show_hlist("and the other", &other);
	hlist_splice_init(&head, &items[3].node, &other);
	show_hlist("hlist_splice_init", &other);
	pr_info("left, and counted: %d %d\n", !hlist_empty(&head), (int)hlist_count_nodes(&other));
	hlist_add_fake(&fake);
	pr_info("hlist_fake, unhashed: %d %d\n", hlist_fake(&fake), hlist_unhashed_lockless(&fake));
	fake.next = NULL;
	hlist_del(&fake);
}

static int __init begin(void)
{
	u32 word = 0x11223344;
	u16 words[2] = { 0x1122, 0x3344 };

	lists();
	hlists();
	pr_info("swahw32, swahb32, swab32p: %x %x %x\n", swahw32(word), swahb32(word), swab32p(&word));
	swahw32s(&word);
	swab16_array(words, 2);
	pr_info("in place: %x %x %x\n", word, words[0], words[1]);
	return 0;
}
module_init(begin);
MODULE_LICENSE("Dual MIT/GPL");

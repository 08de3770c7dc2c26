// SPDX-License-Identifier: MIT OR Apache-2.0
/* Sorting lists: those that compare equal stay in their order. */
#include "ask.h"
#include <linux/list_sort.h>

struct item {
	int key;
	int n;
	struct list_head node;
};

static int calls;

static int by_key(void *data, const struct list_head *a, const struct list_head *b)
{
	int sign = *(int *)data;

	calls++;
	return (list_entry(a, struct item, node)->key - list_entry(b, struct item, node)->key) * sign;
}

CASE(list_sort, "list_sort")
{
	static const int keys[] = { 3, 1, 2, 3, 1, 2, 0 };
	struct item items[ARRAY_SIZE(keys)], *item;
	LIST_HEAD(head);
	char text[60] = "";
	int i, length, sign;

	for (sign = 1; sign >= -1; sign -= 2) {
		INIT_LIST_HEAD(&head);
		for (i = 0; i < ARRAY_SIZE(keys); i++) {
			items[i].key = keys[i];
			items[i].n = i;
			list_add_tail(&items[i].node, &head);
		}
		list_sort(&sign, &head, by_key);
		length = 0;
		list_for_each_entry(item, &head, node)
			length += snprintf(text + length, sizeof(text) - length, "%d.%d ", item->key, item->n);
		answer("sign=%d sorted=[%s]", sign, text);
		length = 0;
		list_for_each_entry_reverse(item, &head, node)
			length += snprintf(text + length, sizeof(text) - length, "%d.%d ", item->key, item->n);
		answer("sign=%d backwards=[%s]", sign, text);
	}
	INIT_LIST_HEAD(&head);
	calls = 0;
	list_sort(&sign, &head, by_key);
	list_add(&items[0].node, &head);
	list_sort(&sign, &head, by_key);
	answer("of_0_and_1 calls=%d singular=%d", calls, list_is_singular(&head));
}

ASK_MODULE(&case_list_sort);

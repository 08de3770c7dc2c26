/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * linux/list_sort.h: a bottom-up merge sort. Like the bits of a counter, `runs[k]` is empty or a
 * sorted run of 2^k entries; higher k have earlier entries. The sort is stable, because the earlier
 * of two runs is always the first argument of a merge.
 */
#include <kt/core/linux/list_sort.h>

/* One run of each length: more than a list can have. */
enum { RUNS = 8 * sizeof(size_t) };

/* Merges two singly linked lists that end with NULL. */
static struct list_head *merge(void *priv, list_cmp_func_t cmp, struct list_head *early, struct list_head *late)
{
	struct list_head *first = NULL, **to = &first;

	while (early && late) {
		struct list_head **from = cmp(priv, early, late) > 0 ? &late : &early;

		*to = *from;
		to = &(*to)->next;
		*from = *to;
	}
	*to = early ? early : late;
	return first;
}

void list_sort(void *priv, struct list_head *head, list_cmp_func_t cmp)
{
	struct list_head *runs[RUNS] = { NULL }, *entry, *run = NULL, *prev = head;
	unsigned int used = 0;

	if (list_empty(head) || head->next->next == head)
		return;
	head->prev->next = NULL;
	for (entry = head->next; entry;) {
		struct list_head *next = entry->next;
		unsigned int k;

		run = entry;
		run->next = NULL;
		for (k = 0; k < RUNS - 1 && runs[k]; k++) {
			run = merge(priv, cmp, runs[k], run);
			runs[k] = NULL;
		}
		/* The last slot takes all longer runs. */
		runs[k] = runs[k] ? merge(priv, cmp, runs[k], run) : run;
		used = k >= used ? k + 1 : used;
		entry = next;
	}
	run = NULL;
	for (unsigned int k = 0; k < used; k++)
		if (runs[k])
			run = run ? merge(priv, cmp, runs[k], run) : runs[k];
	/* Restores the `prev` links. */
	head->next = run;
	for (; run; run = run->next) {
		run->prev = prev;
		prev = run;
	}
	prev->next = head;
	head->prev = prev;
}

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Sorts in place by heap sort, which, as in the kernel, is not stable. */
#ifndef KT_CORE_LINUX_SORT_H
#define KT_CORE_LINUX_SORT_H

#include <kt/core/linux/types.h>

static inline void kt_swap_bytes(char *a, char *b, size_t n)
{
	for (; n--; a++, b++) {
		char held = *a;

		*a = *b;
		*b = held;
	}
}

/* Exchanges by the caller's function, if there is one. */
static inline void kt_swap_elements(char *a, char *b, size_t size, swap_func_t swap_func)
{
	if (swap_func)
		swap_func(a, b, (int)size);
	else
		kt_swap_bytes(a, b, size);
}

/* Moves element `at` down until no child is greater. */
static inline void kt_sift_down(char *base, size_t at, size_t end, size_t size, cmp_r_func_t cmp, swap_func_t swap_func,
				const void *priv)
{
	for (size_t child; (child = 2 * at + 1) < end; at = child) {
		if (child + 1 < end && cmp(base + child * size, base + (child + 1) * size, priv) < 0)
			child++;
		if (cmp(base + at * size, base + child * size, priv) >= 0)
			return;
		kt_swap_elements(base + at * size, base + child * size, size, swap_func);
	}
}

static inline void sort_r(void *base, size_t num, size_t size, cmp_r_func_t cmp, swap_func_t swap_func, const void *priv)
{
	for (size_t at = num / 2; at-- > 0;)
		kt_sift_down((char *)base, at, num, size, cmp, swap_func, priv);
	for (size_t end = num; end-- > 1;) {
		kt_swap_elements((char *)base, (char *)base + end * size, size, swap_func);
		kt_sift_down((char *)base, 0, end, size, cmp, swap_func, priv);
	}
}

static inline int kt_cmp_without_priv(const void *a, const void *b, const void *cmp)
{
	return (*(const cmp_func_t *)cmp)(a, b);
}

static inline void sort(void *base, size_t num, size_t size, cmp_func_t cmp, swap_func_t swap_func)
{
	sort_r(base, num, size, kt_cmp_without_priv, swap_func, &cmp);
}

#endif

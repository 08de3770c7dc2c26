/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Binary search. */
#ifndef KT_CORE_LINUX_BSEARCH_H
#define KT_CORE_LINUX_BSEARCH_H

#include <kt/core/linux/types.h>

static inline void *kt_bsearch(const void *key, const void *base, size_t num, size_t size,
			       int (*cmp)(const void *key, const void *element))
{
	const char *from = (const char *)base;

	while (num) {
		const char *middle = from + num / 2 * size;
		int order = cmp(key, middle);

		if (!order)
			return (void *)middle;
		if (order > 0) {
			from = middle + size;
			num--;
		}
		num /= 2;
	}
	return NULL;
}

#if __STDC_HOSTED__
#define bsearch kt_bsearch
#else
static inline void *bsearch(const void *key, const void *base, size_t num, size_t size,
			    int (*cmp)(const void *key, const void *element))
{
	return kt_bsearch(key, base, num, size, cmp);
}
#endif

#endif

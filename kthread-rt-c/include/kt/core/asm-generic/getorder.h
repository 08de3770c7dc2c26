/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Blocks of pages. */
#ifndef KT_CORE_ASM_GENERIC_GETORDER_H
#define KT_CORE_ASM_GENERIC_GETORDER_H

#include <kt/core/asm/page.h>

/* The order of a block of pages that `size` bytes fit in. */
static inline int get_order(unsigned long size)
{
	int order = 0;

	while (PAGE_SIZE << order < size)
		order++;
	return order;
}

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The largest orders of allocations. There are no zones. */
#ifndef KT_CORE_LINUX_MMZONE_H
#define KT_CORE_LINUX_MMZONE_H

#include <kt/core/linux/version.h>

/*
 * Up to 6.3 this is the first order that is too large, then the largest one, which has another name
 * from 6.8 on.
 */
#if KT_SINCE(6, 8)
#define MAX_PAGE_ORDER 10
#define NR_PAGE_ORDERS (MAX_PAGE_ORDER + 1)
#define MAX_ORDER_NR_PAGES (1 << MAX_PAGE_ORDER)
#elif KT_SINCE(6, 4)
#define MAX_ORDER 10
#define MAX_ORDER_NR_PAGES (1 << MAX_ORDER)
#else
#define MAX_ORDER 11
#define MAX_ORDER_NR_PAGES (1 << (MAX_ORDER - 1))
#endif
#define PAGE_ALLOC_COSTLY_ORDER 3

#endif

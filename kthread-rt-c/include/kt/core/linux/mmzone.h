/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* How many pages at once. There are no zones. */
#ifndef KT_CORE_LINUX_MMZONE_H
#define KT_CORE_LINUX_MMZONE_H

#include <kt/core/linux/version.h>

/* Up to 6.3 it is the first order that can't be had, then the last that can, and from 6.8 on that has another name. */
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

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Flags of a page. They are not stored: pages are not swapped out or migrated. */
#ifndef KT_CORE_LINUX_PAGE_FLAGS_H
#define KT_CORE_LINUX_PAGE_FLAGS_H

#include <kt/core/asm/page.h>

static inline void SetPageReserved(struct page *page)
{
	(void)page;
}

static inline void ClearPageReserved(struct page *page)
{
	(void)page;
}

#endif

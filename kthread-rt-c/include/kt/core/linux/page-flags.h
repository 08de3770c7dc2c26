/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What is told of a page. It is not kept: nobody swaps a page out or gives it to somebody else. */
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

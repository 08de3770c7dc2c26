/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* All memory is mapped. */
#ifndef KT_CORE_LINUX_HIGHMEM_H
#define KT_CORE_LINUX_HIGHMEM_H

#include <kt/core/linux/mm.h>
#include <kt/core/linux/string.h>

static inline void *kmap(struct page *page)
{
	return page_address(page);
}

static inline void kunmap(struct page *page)
{
	(void)page;
}

static inline void *kmap_atomic(struct page *page)
{
	return page_address(page);
}

#define kunmap_atomic(address) ((void)(address))

static inline void *kmap_local_page(struct page *page)
{
	return page_address(page);
}

#define kunmap_local(address) ((void)(address))

static inline void clear_highpage(struct page *page)
{
	memset(page_address(page), 0, PAGE_SIZE);
}

static inline void copy_highpage(struct page *to, struct page *from)
{
	memcpy(page_address(to), page_address(from), PAGE_SIZE);
}

#endif

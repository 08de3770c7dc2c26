/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Pages of files. There are none; most sources include this header for its own includes. */
#ifndef KT_CORE_LINUX_PAGEMAP_H
#define KT_CORE_LINUX_PAGEMAP_H

#include <kt/core/linux/mm.h>
#include <kt/core/linux/version.h>

#if !KT_SINCE(4, 6)
#define PAGE_CACHE_SHIFT PAGE_SHIFT
#define PAGE_CACHE_SIZE PAGE_SIZE
#define PAGE_CACHE_MASK PAGE_MASK
#define PAGE_CACHE_ALIGN PAGE_ALIGN
#define page_cache_get get_page
#define page_cache_release put_page
#endif

#endif

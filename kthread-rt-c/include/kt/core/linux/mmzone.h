/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* How many pages may be allocated at once, as a power of two: less than this, and since 6.4 up to it. */
#ifndef KT_CORE_LINUX_MMZONE_H
#define KT_CORE_LINUX_MMZONE_H

#include <kt/core/linux/version.h>

#if KT_SINCE(6, 8)
#define MAX_PAGE_ORDER 10
#elif KT_SINCE(6, 4)
#define MAX_ORDER 10
#else
#define MAX_ORDER 11
#endif

#endif

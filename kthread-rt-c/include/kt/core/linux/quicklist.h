/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The architecture's lists of pages, until 5.4: there are none. */
#ifndef KT_CORE_LINUX_QUICKLIST_H
#define KT_CORE_LINUX_QUICKLIST_H

#include <kt/core/linux/mm.h>
#include <kt/core/linux/version.h>

#if !KT_SINCE(5, 5)
static inline unsigned long quicklist_total_size(void)
{
	return 0;
}
#endif

#endif

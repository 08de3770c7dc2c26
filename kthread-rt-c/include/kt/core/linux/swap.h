/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Memory on disks. */
#ifndef KT_CORE_LINUX_SWAP_H
#define KT_CORE_LINUX_SWAP_H

#include <kt/core/linux/compiler.h>
#include <kt/core/linux/sysinfo.h>

KT_BEGIN
void si_swapinfo(struct sysinfo *info);
KT_END

static inline long get_nr_swap_pages(void)
{
	struct sysinfo info;

	si_swapinfo(&info);
	return (long)info.freeswap;
}

#endif

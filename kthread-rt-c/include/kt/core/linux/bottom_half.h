/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* With softirqs disabled, the caller is in an atomic section. The softirqs' thread still runs. */
#ifndef KT_CORE_LINUX_BOTTOM_HALF_H
#define KT_CORE_LINUX_BOTTOM_HALF_H

#include <kt/core/linux/preempt.h>

#define _local_bh_enable local_bh_enable

static inline void local_bh_enable_ip(unsigned long ip)
{
	(void)ip;
	local_bh_enable();
}

static inline bool local_bh_blocked(void)
{
	return false;
}

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* RCU tasks trace: readers that may sleep. CONFIG_TASKS_TRACE_RCU is off. */
#ifndef KT_CORE_LINUX_RCUPDATE_TRACE_H
#define KT_CORE_LINUX_RCUPDATE_TRACE_H

#include <kt/core/linux/rcupdate.h>

static inline int rcu_read_lock_trace_held(void)
{
	return 1;
}

#endif

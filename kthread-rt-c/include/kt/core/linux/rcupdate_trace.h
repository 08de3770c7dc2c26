/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Sections of readers that may sleep, with a domain of their own: CONFIG_TASKS_TRACE_RCU, which is off. */
#ifndef KT_CORE_LINUX_RCUPDATE_TRACE_H
#define KT_CORE_LINUX_RCUPDATE_TRACE_H

#include <kt/core/linux/rcupdate.h>

static inline int rcu_read_lock_trace_held(void)
{
	return 1;
}

#endif

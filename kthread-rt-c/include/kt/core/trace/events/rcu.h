/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Tracepoints of RCU, which are never hit here. */
#ifndef KT_CORE_TRACE_EVENTS_RCU_H
#define KT_CORE_TRACE_EVENTS_RCU_H

#include <kt/core/linux/ftrace.h>
#include <kt/core/linux/rcupdate.h>

static inline void trace_rcu_utilization(const char *text)
{
	(void)text;
}

#endif

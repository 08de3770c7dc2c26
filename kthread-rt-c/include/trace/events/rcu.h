/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_TRACE_EVENTS_RCU_H
#define KT_TRACE_EVENTS_RCU_H

#include <kt/core/trace/events/rcu.h>

/* What a kernel's trace/events/rcu.h brings along. */
#include <linux/tracepoint.h>
#include <trace/define_trace.h>

#endif

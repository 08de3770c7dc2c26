/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See tracepoint.h: there are no events either. */
#ifndef KT_CORE_LINUX_TRACE_EVENTS_H
#define KT_CORE_LINUX_TRACE_EVENTS_H

#include <kt/core/linux/tracepoint.h>

struct trace_event_call;
struct trace_event_file;

static inline int trace_set_clr_event(const char *system, const char *event, int set)
{
	(void)system, (void)event, (void)set;
	return -ENODEV;
}

#endif

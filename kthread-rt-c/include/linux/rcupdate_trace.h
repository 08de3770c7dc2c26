/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_RCUPDATE_TRACE_H
#define KT_LINUX_RCUPDATE_TRACE_H

#include <kt/core/linux/rcupdate_trace.h>

/* What a kernel's linux/rcupdate_trace.h brings along. */
#include <linux/sched.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_TRACE_EVENTS_H
#define KT_LINUX_TRACE_EVENTS_H

#include <kt/core/linux/trace_events.h>

/* What a kernel's linux/trace_events.h brings along. */
#include <linux/ftrace.h>
#include <linux/irq_work.h>
#include <linux/kernel_stat.h>
#include <linux/kthread.h>
#include <linux/poll.h>
#include <linux/security.h>
#include <linux/seq_file.h>
#include <linux/tracepoint.h>
#include <linux/user_namespace.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_FTRACE_H
#define KT_LINUX_FTRACE_H

#include <kt/core/linux/ftrace.h>

/* What a kernel's linux/ftrace.h brings along. */
#include <linux/compat.h>
#include <linux/interrupt.h>
#include <linux/kallsyms.h>
#include <linux/ptrace.h>
#include <linux/trace_clock.h>

#endif

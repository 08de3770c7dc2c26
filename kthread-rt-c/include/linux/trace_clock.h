/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_TRACE_CLOCK_H
#define KT_LINUX_TRACE_CLOCK_H

#include <kt/core/linux/trace_clock.h>

/* What a kernel's linux/trace_clock.h brings along. */
#include <linux/compiler.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_TRACEPOINT_H
#define KT_LINUX_TRACEPOINT_H

#include <kt/core/linux/tracepoint.h>

/* What a kernel's linux/tracepoint.h brings along. */
#include <linux/cpu.h>

#endif

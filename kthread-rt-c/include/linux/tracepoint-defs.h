/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_TRACEPOINT_DEFS_H
#define KT_LINUX_TRACEPOINT_DEFS_H

#include <kt/core/linux/tracepoint-defs.h>

/* What a kernel's linux/tracepoint-defs.h brings along. */
#include <linux/atomic.h>
#include <linux/static_key.h>

#endif

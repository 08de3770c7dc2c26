/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SYSCALLS_H
#define KT_LINUX_SYSCALLS_H

#include <kt/core/linux/syscalls.h>

/* What a kernel's linux/syscalls.h brings along. */
#include <linux/trace_events.h>

#endif

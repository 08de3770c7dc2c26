/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_KPROBES_H
#define KT_LINUX_KPROBES_H

#include <kt/core/linux/kprobes.h>

/* What a kernel's linux/kprobes.h brings along. */
#include <linux/ftrace.h>

#endif

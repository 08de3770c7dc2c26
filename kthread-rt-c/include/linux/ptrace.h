/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_PTRACE_H
#define KT_LINUX_PTRACE_H

#include <kt/core/linux/ptrace.h>

/* What a kernel's linux/ptrace.h brings along. */
#include <linux/pid_namespace.h>
#include <uapi/linux/ptrace.h>

#endif

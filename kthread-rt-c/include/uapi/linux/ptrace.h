/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_PTRACE_H
#define KT_UAPI_LINUX_PTRACE_H

#include <kt/core/linux/ptrace.h>

/* What a kernel's uapi/linux/ptrace.h brings along. */
#include <asm/ptrace.h>

#endif

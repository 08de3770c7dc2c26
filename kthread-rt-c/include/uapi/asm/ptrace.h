/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_ASM_PTRACE_H
#define KT_UAPI_ASM_PTRACE_H

#include <kt/core/linux/ptrace.h>
#include <kt/core/linux/uaccess.h>

/* What a kernel's uapi/asm/ptrace.h brings along. */
#include <asm/processor-flags.h>

#endif

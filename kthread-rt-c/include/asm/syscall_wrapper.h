/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_SYSCALL_WRAPPER_H
#define KT_ASM_SYSCALL_WRAPPER_H

#include <kt/core/asm/syscall_wrapper.h>

/* What a kernel's asm/syscall_wrapper.h brings along. */
#include <asm/ptrace.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Defines a module's own system call, as the function sys_NAME. */
#ifndef KT_CORE_ASM_SYSCALL_WRAPPER_H
#define KT_CORE_ASM_SYSCALL_WRAPPER_H

#include <kt/core/linux/compiler.h>

#define SYSCALL_DEFINE0(name) \
	asmlinkage long sys_##name(void); \
	asmlinkage long sys_##name(void)

#endif

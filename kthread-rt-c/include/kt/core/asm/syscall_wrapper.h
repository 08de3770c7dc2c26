/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A system call of a module's own: the function sys_NAME. */
#ifndef KT_CORE_ASM_SYSCALL_WRAPPER_H
#define KT_CORE_ASM_SYSCALL_WRAPPER_H

#include <kt/core/linux/compiler.h>

#define SYSCALL_DEFINE0(name) \
	asmlinkage long sys_##name(void); \
	asmlinkage long sys_##name(void)

#endif

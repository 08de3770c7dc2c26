/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A module's own system calls, which are never called. */
#ifndef KT_CORE_LINUX_SYSCALLS_H
#define KT_CORE_LINUX_SYSCALLS_H

#include <kt/core/asm/syscall_wrapper.h>
#include <kt/core/linux/compiler.h>
#include <kt/core/linux/fs.h>
#include <kt/core/linux/types.h>

/* Their parameters are pairs of a type and a name. */
#define __KT_SYSCALL(n, name, ...) \
	asmlinkage long sys_##name(__KT_SC_DECL##n(__VA_ARGS__)); \
	asmlinkage long sys_##name(__KT_SC_DECL##n(__VA_ARGS__))
#define __KT_SC_DECL1(t, a) t a
#define __KT_SC_DECL2(t, a, ...) t a, __KT_SC_DECL1(__VA_ARGS__)
#define __KT_SC_DECL3(t, a, ...) t a, __KT_SC_DECL2(__VA_ARGS__)
#define __KT_SC_DECL4(t, a, ...) t a, __KT_SC_DECL3(__VA_ARGS__)
#define __KT_SC_DECL5(t, a, ...) t a, __KT_SC_DECL4(__VA_ARGS__)
#define __KT_SC_DECL6(t, a, ...) t a, __KT_SC_DECL5(__VA_ARGS__)
#define SYSCALL_DEFINE1(name, ...) __KT_SYSCALL(1, name, __VA_ARGS__)
#define SYSCALL_DEFINE2(name, ...) __KT_SYSCALL(2, name, __VA_ARGS__)
#define SYSCALL_DEFINE3(name, ...) __KT_SYSCALL(3, name, __VA_ARGS__)
#define SYSCALL_DEFINE4(name, ...) __KT_SYSCALL(4, name, __VA_ARGS__)
#define SYSCALL_DEFINE5(name, ...) __KT_SYSCALL(5, name, __VA_ARGS__)
#define SYSCALL_DEFINE6(name, ...) __KT_SYSCALL(6, name, __VA_ARGS__)

#endif

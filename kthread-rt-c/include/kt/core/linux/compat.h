/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The types of 32-bit programs. There are no such programs (CONFIG_COMPAT is not set). */
#ifndef KT_CORE_LINUX_COMPAT_H
#define KT_CORE_LINUX_COMPAT_H

#include <kt/core/linux/compiler.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

typedef u32 compat_size_t;
typedef s32 compat_ssize_t;
typedef s32 compat_int_t;
typedef s32 compat_long_t;
typedef u32 compat_uint_t;
typedef u32 compat_ulong_t;
typedef u32 compat_uptr_t;

static inline void __user *compat_ptr(compat_uptr_t address)
{
	return (void __user *)(unsigned long)address;
}

static inline compat_uptr_t ptr_to_compat(void __user *address)
{
	return (u32)(unsigned long)address;
}

#if KT_SINCE(4, 6)
static inline bool in_compat_syscall(void)
{
	return false;
}
#endif

#endif

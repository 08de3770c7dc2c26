/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * User memory, which is memory of this process: copies are plain copies. An address in the first
 * page, or an error pointer, is a fault: the result is the number of uncopied bytes, or -EFAULT.
 */
#ifndef KT_CORE_LINUX_UACCESS_H
#define KT_CORE_LINUX_UACCESS_H

#include <kt/core/asm/might_sleep.h>
#include <kt/core/linux/errno.h>
#include <kt/core/linux/string.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

#if !KT_SINCE(5, 0)
#define VERIFY_READ 0
#define VERIFY_WRITE 1
#endif

static inline bool kt_access_ok(const volatile void __user *address, unsigned long size)
{
	unsigned long first = (unsigned long)address;

	return first >= 4096 && first < -4096UL && size <= -4096UL - first;
}

/* Before 5.0, the first argument is a type. */
#if KT_SINCE(5, 0)
#define access_ok(address, size) kt_access_ok((const volatile void *)(address), (size))
#else
#define access_ok(type, address, size) ((void)(type), kt_access_ok((const volatile void *)(address), (size)))
#endif

/* Returns the number of bytes that were NOT copied. */
static inline unsigned long kt_copy_to_user(void __user *to, const void *from, unsigned long n)
{
	if (!kt_access_ok(to, n))
		return n;
	memcpy(to, from, n);
	return 0;
}

/* The same, and zeroes the uncopied bytes. */
static inline unsigned long kt_copy_from_user(void *to, const void __user *from, unsigned long n)
{
	if (!kt_access_ok(from, n)) {
		memset(to, 0, n);
		return n;
	}
	memcpy(to, from, n);
	return 0;
}

static inline unsigned long copy_to_user(void __user *to, const void *from, unsigned long n)
{
	kt_might_fault("copy_to_user");
	return kt_copy_to_user(to, from, n);
}

static inline unsigned long copy_from_user(void *to, const void __user *from, unsigned long n)
{
	kt_might_fault("copy_from_user");
	return kt_copy_from_user(to, from, n);
}

static inline unsigned long clear_user(void __user *to, unsigned long n)
{
	kt_might_fault("clear_user");
	if (!kt_access_ok(to, n))
		return n;
	memset(to, 0, n);
	return 0;
}

#define __copy_to_user copy_to_user
#define __copy_from_user copy_from_user
/* May be called in atomic context. */
#define __copy_to_user_inatomic kt_copy_to_user
#define __copy_from_user_inatomic kt_copy_from_user
#define raw_copy_to_user kt_copy_to_user
#define raw_copy_from_user kt_copy_from_user
#define __clear_user clear_user
#define copy_in_user copy_to_user

/* Returns 0, or -EFAULT with the result set to 0. */
#define get_user(x, from) \
	({ \
		const __typeof__(*(from)) *__kt_from = (from); \
		kt_might_fault("get_user"); \
		bool __kt_good = kt_access_ok(__kt_from, sizeof(*__kt_from)); \
		if (__kt_good) \
			(x) = *__kt_from; \
		else \
			(x) = (__typeof__(x))0; \
		__kt_good ? 0 : -EFAULT; \
	})
#define put_user(x, to) \
	({ \
		__typeof__(*(to)) *__kt_to = (to); \
		kt_might_fault("put_user"); \
		bool __kt_good = kt_access_ok(__kt_to, sizeof(*__kt_to)); \
		if (__kt_good) \
			*__kt_to = (__typeof__(*(to)))(x); \
		__kt_good ? 0 : -EFAULT; \
	})
#define __get_user(x, from) get_user(x, from)
#define __put_user(x, to) put_user(x, to)

/* Returns the length without the NUL; `count` if there is no NUL; or -EFAULT. */
static inline long strncpy_from_user(char *to, const char __user *from, long count)
{
	long length;

	kt_might_fault("strncpy_from_user");
	if (count <= 0)
		return 0;
	if (!kt_access_ok(from, 1))
		return -EFAULT;
	for (length = 0; length < count; length++) {
		to[length] = from[length];
		if (!from[length])
			break;
	}
	return length;
}

/* Returns the length with the NUL; more than `count` if there is no NUL; 0 for a bad address. */
static inline long strnlen_user(const char __user *text, long count)
{
	if (!kt_access_ok(text, 1) || count <= 0)
		return 0;
	return (long)strnlen(text, (size_t)count) + 1;
}

static inline long strlen_user(const char __user *text)
{
	return strnlen_user(text, (long)(~0UL >> 1));
}

/* The names changed in 5.8. */
#if KT_SINCE(5, 8)
static inline long copy_from_kernel_nofault(void *to, const void *from, size_t n)
{
	return kt_copy_from_user(to, from, n) ? -EFAULT : 0;
}

static inline long copy_to_kernel_nofault(void *to, const void *from, size_t n)
{
	return kt_copy_to_user(to, from, n) ? -EFAULT : 0;
}

#define get_kernel_nofault(x, from) copy_from_kernel_nofault(&(x), (from), sizeof(x))
#else
static inline long probe_kernel_read(void *to, const void *from, size_t n)
{
	return kt_copy_from_user(to, from, n) ? -EFAULT : 0;
}

static inline long probe_kernel_write(void *to, const void *from, size_t n)
{
	return kt_copy_to_user(to, from, n) ? -EFAULT : 0;
}
#define probe_kernel_address(from, x) probe_kernel_read(&(x), (from), sizeof(x))
#endif

static inline void pagefault_disable(void)
{
	kt_pagefault_disable();
}

static inline void pagefault_enable(void)
{
	kt_pagefault_enable();
}

#define user_access_begin(address, size) kt_access_ok((const volatile void *)(address), (size))
#define user_access_end() do { } while (0)

#if !KT_SINCE(5, 10)
/* There is one address space, so these change nothing. */
typedef struct {
	unsigned long seg;
} mm_segment_t;
#define KERNEL_DS ((mm_segment_t){ ~0UL })
#define USER_DS ((mm_segment_t){ ~0UL - 4095 })
#define get_ds() KERNEL_DS
#define get_fs() USER_DS
#define set_fs(segment) ((void)(segment))

static inline mm_segment_t force_uaccess_begin(void)
{
	return KERNEL_DS;
}

static inline void force_uaccess_end(mm_segment_t segment)
{
	(void)segment;
}
#endif

#endif

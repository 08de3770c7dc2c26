/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Memory of programs, which is memory of this process: copies are plain copies. An address in the first page, or among the
 * error pointers, is a fault: what is told then is the bytes that were not copied, or -EFAULT.
 */
#ifndef KT_CORE_LINUX_UACCESS_H
#define KT_CORE_LINUX_UACCESS_H

#include <kt/core/linux/errno.h>
#include <kt/core/linux/string.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

#define VERIFY_READ 0
#define VERIFY_WRITE 1

static inline bool kt_access_ok(const volatile void __user *address, unsigned long size)
{
	unsigned long first = (unsigned long)address;

	return first >= 4096 && first < -4096UL && size <= -4096UL - first;
}

/* Before 5.0 there was a type in front. */
#define __kt_access_ok2(address, size) kt_access_ok((const volatile void *)(address), (size))
#define __kt_access_ok3(type, address, size) kt_access_ok((const volatile void *)(address), (size))
#define __kt_access_ok(a, b, c, pick, ...) pick
#define access_ok(...) __kt_access_ok(__VA_ARGS__, __kt_access_ok3, __kt_access_ok2)(__VA_ARGS__)

/* How many bytes were NOT copied. */
static inline unsigned long copy_to_user(void __user *to, const void *from, unsigned long n)
{
	if (!kt_access_ok(to, n))
		return n;
	memcpy(to, from, n);
	return 0;
}

/* And these are zeros then. */
static inline unsigned long copy_from_user(void *to, const void __user *from, unsigned long n)
{
	if (!kt_access_ok(from, n)) {
		memset(to, 0, n);
		return n;
	}
	memcpy(to, from, n);
	return 0;
}

static inline unsigned long clear_user(void __user *to, unsigned long n)
{
	if (!kt_access_ok(to, n))
		return n;
	memset(to, 0, n);
	return 0;
}

#define __copy_to_user(to, from, n) copy_to_user(to, from, n)
#define __copy_from_user(to, from, n) copy_from_user(to, from, n)
#define __copy_to_user_inatomic(to, from, n) copy_to_user(to, from, n)
#define __copy_from_user_inatomic(to, from, n) copy_from_user(to, from, n)
#define raw_copy_to_user(to, from, n) copy_to_user(to, from, n)
#define raw_copy_from_user(to, from, n) copy_from_user(to, from, n)
#define __clear_user(to, n) clear_user(to, n)
#define copy_in_user(to, from, n) copy_to_user(to, from, n)

/* 0 or -EFAULT; what was to be read is 0 then. */
#define get_user(x, from) \
	({ \
		const __typeof__(*(from)) *__kt_from = (from); \
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
		bool __kt_good = kt_access_ok(__kt_to, sizeof(*__kt_to)); \
		if (__kt_good) \
			*__kt_to = (__typeof__(*(to)))(x); \
		__kt_good ? 0 : -EFAULT; \
	})
#define __get_user(x, from) get_user(x, from)
#define __put_user(x, to) put_user(x, to)

/* The length without the NUL; `count` if there is none; or -EFAULT. */
static inline long strncpy_from_user(char *to, const char __user *from, long count)
{
	long length;

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

/* The length with the NUL; more than `count` if there is none; 0 for a bad address. */
static inline long strnlen_user(const char __user *text, long count)
{
	if (!kt_access_ok(text, 1) || count <= 0)
		return 0;
	return (long)strnlen(text, (size_t)count) + 1;
}
#define strlen_user(text) strnlen_user(text, (long)(~0UL >> 1))

static inline long copy_from_kernel_nofault(void *to, const void *from, size_t n)
{
	return copy_from_user(to, from, n) ? -EFAULT : 0;
}

static inline long copy_to_kernel_nofault(void *to, const void *from, size_t n)
{
	return copy_to_user(to, from, n) ? -EFAULT : 0;
}
#define probe_kernel_read(to, from, n) copy_from_kernel_nofault(to, from, n)
#define probe_kernel_write(to, from, n) copy_to_kernel_nofault(to, from, n)
#define get_kernel_nofault(x, from) copy_from_kernel_nofault(&(x), (from), sizeof(x))

#if !KT_SINCE(5, 8)
#define probe_kernel_address(from, x) copy_from_kernel_nofault(&(x), (from), sizeof(x))
#endif

#define pagefault_disable() do { } while (0)
#define pagefault_enable() do { } while (0)
#define user_access_begin(address, size) access_ok(address, size)
#define user_access_end() do { } while (0)

#if !KT_SINCE(5, 18)
/* There is one address space, so these change nothing. */
typedef struct {
	unsigned long seg;
} mm_segment_t;
#define KERNEL_DS ((mm_segment_t){ ~0UL })
#define USER_DS ((mm_segment_t){ ~0UL - 4095 })
#define get_ds() KERNEL_DS
#define get_fs() USER_DS
#define set_fs(segment) ((void)(segment))
#define force_uaccess_begin() KERNEL_DS
#define force_uaccess_end(segment) ((void)(segment))
#endif

#endif

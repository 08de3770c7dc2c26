/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Converts text to numbers. The kstrto functions parse the whole text, except for one final
 * newline. They return 0, -EINVAL for an invalid number, or -ERANGE for one that does not fit. Base
 * 0 is determined by the prefix: 0x, 0, or none.
 */
#ifndef KT_CORE_LINUX_KSTRTOX_H
#define KT_CORE_LINUX_KSTRTOX_H

#include <kt/core/linux/compiler.h>
#include <kt/core/linux/types.h>

KT_BEGIN
int __must_check kstrtoull(const char *s, unsigned int base, unsigned long long *result);
int __must_check kstrtoll(const char *s, unsigned int base, long long *result);
int __must_check kstrtouint(const char *s, unsigned int base, unsigned int *result);
int __must_check kstrtoint(const char *s, unsigned int base, int *result);
int __must_check kstrtou16(const char *s, unsigned int base, u16 *result);
int __must_check kstrtos16(const char *s, unsigned int base, s16 *result);
int __must_check kstrtou8(const char *s, unsigned int base, u8 *result);
int __must_check kstrtos8(const char *s, unsigned int base, s8 *result);
int __must_check kstrtobool(const char *s, bool *result);

/* As above, for `count` bytes of user memory; or -EFAULT. */
int __must_check kstrtoull_from_user(const char __user *s, size_t count, unsigned int base, unsigned long long *result);
int __must_check kstrtoll_from_user(const char __user *s, size_t count, unsigned int base, long long *result);
int __must_check kstrtouint_from_user(const char __user *s, size_t count, unsigned int base, unsigned int *result);
int __must_check kstrtoint_from_user(const char __user *s, size_t count, unsigned int base, int *result);
int __must_check kstrtou16_from_user(const char __user *s, size_t count, unsigned int base, u16 *result);
int __must_check kstrtos16_from_user(const char __user *s, size_t count, unsigned int base, s16 *result);
int __must_check kstrtou8_from_user(const char __user *s, size_t count, unsigned int base, u8 *result);
int __must_check kstrtos8_from_user(const char __user *s, size_t count, unsigned int base, s8 *result);
int __must_check kstrtobool_from_user(const char __user *s, size_t count, bool *result);

/* Parses all leading digits, whatever follows. Stores the end in `end`, if it is not NULL. */
unsigned long long simple_strtoull(const char *s, char **end, unsigned int base);
long long simple_strtoll(const char *s, char **end, unsigned int base);
/* Parses a number with a suffix K, M, G, T, P or E. */
unsigned long long memparse(const char *s, char **end);
KT_END

/* A long has the size of a long long here, but another type. */
static inline int __must_check kstrtoul(const char *s, unsigned int base, unsigned long *result)
{
	return kstrtoull(s, base, (unsigned long long *)result);
}

static inline int __must_check kstrtol(const char *s, unsigned int base, long *result)
{
	return kstrtoll(s, base, (long long *)result);
}

static inline int __must_check kstrtoul_from_user(const char __user *s, size_t count, unsigned int base,
						  unsigned long *result)
{
	return kstrtoull_from_user(s, count, base, (unsigned long long *)result);
}

static inline int __must_check kstrtol_from_user(const char __user *s, size_t count, unsigned int base, long *result)
{
	return kstrtoll_from_user(s, count, base, (long long *)result);
}

#define kstrtou64 kstrtoull
#define kstrtos64 kstrtoll
#define kstrtou32 kstrtouint
#define kstrtos32 kstrtoint
#define kstrtou64_from_user kstrtoull_from_user
#define kstrtos64_from_user kstrtoll_from_user
#define kstrtou32_from_user kstrtouint_from_user
#define kstrtos32_from_user kstrtoint_from_user
#define strtobool kstrtobool
#define strict_strtoul kstrtoul
#define strict_strtol kstrtol

static inline unsigned long simple_strtoul(const char *s, char **end, unsigned int base)
{
	return (unsigned long)simple_strtoull(s, end, base);
}

static inline long simple_strtol(const char *s, char **end, unsigned int base)
{
	return (long)simple_strtoll(s, end, base);
}

#endif

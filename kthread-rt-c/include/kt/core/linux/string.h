/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Text and bytes. Standard functions are the C library's; the kernel's own are here. */
#ifndef KT_CORE_LINUX_STRING_H
#define KT_CORE_LINUX_STRING_H

#include <kt/core/linux/build_bug.h>
#include <kt/core/linux/compiler.h>
#include <kt/core/linux/err.h>
#include <kt/core/linux/errno.h>
#include <kt/core/linux/gfp.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>
#include <stdarg.h>

#if __STDC_HOSTED__
#include <string.h>
#include <strings.h>
#else
void *memcpy(void *to, const void *from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void *memchr(const void *p, int c, size_t n);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t n);
char *strcpy(char *to, const char *from);
char *stpcpy(char *to, const char *from);
char *strncpy(char *to, const char *from, size_t n);
char *strcat(char *to, const char *from);
char *strncat(char *to, const char *from, size_t n);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
int strcasecmp(const char *a, const char *b);
int strncasecmp(const char *a, const char *b, size_t n);
#if !KT_SINCE(4, 0)
int strnicmp(const char *a, const char *b, size_t n) __asm__("strncasecmp");
#endif
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);
char *strstr(const char *s, const char *part);
size_t strspn(const char *s, const char *accepted);
size_t strcspn(const char *s, const char *refused);
char *strpbrk(const char *s, const char *accepted);
char *strsep(char **s, const char *delimiters);
#endif

KT_BEGIN
void *__kmalloc(size_t size, gfp_t flags);
void kfree(const void *block);
KT_END

/* Copies as much as fits, always with a NUL. Returns the length, or -E2BIG if truncated. */
#if KT_SINCE(4, 3)
static inline ssize_t strscpy(char *to, const char *from, size_t size)
{
	size_t length;

	if (!size || size > (size_t)__INT_MAX__)
		return -E2BIG;
	length = strnlen(from, size);
	if (length < size) {
		memcpy(to, from, length + 1);
		return (ssize_t)length;
	}
	memcpy(to, from, size - 1);
	to[size - 1] = 0;
	return -E2BIG;
}
#endif

/* The same, and fills the rest with NULs. */
#if KT_SINCE(5, 2)
static inline ssize_t strscpy_pad(char *to, const char *from, size_t size)
{
	ssize_t length = strscpy(to, from, size);

	if (length >= 0)
		memset(to + length, 0, size - (size_t)length);
	return length;
}
#endif

/* For an array, the size may be omitted. */
#define __kt_as_they_are(...) __VA_ARGS__
#define __kt_with_size(to, from) to, from, sizeof(to)
#define __kt_4th_of(a, b, c, d, ...) d
#define __kt_sized(...) \
	__kt_4th_of(__VA_ARGS__, __kt_as_they_are, __kt_with_size, __kt_as_they_are)(__VA_ARGS__)
#if KT_SINCE(4, 3)
#define strscpy(...) strscpy(__VA_OPT__(__kt_sized(__VA_ARGS__)))
#endif
#if KT_SINCE(5, 2)
#define strscpy_pad(...) strscpy_pad(__VA_OPT__(__kt_sized(__VA_ARGS__)))
#endif

/* The C library may have these, so they have other names here. */
static inline size_t kt_strlcpy(char *to, const char *from, size_t size)
{
	size_t length = strlen(from);

	if (size) {
		size_t copied = length < size ? length : size - 1;

		memcpy(to, from, copied);
		to[copied] = 0;
	}
	return length;
}

#if !KT_SINCE(6, 8)
#if __STDC_HOSTED__
#define strlcpy kt_strlcpy
#else
static inline size_t strlcpy(char *to, const char *from, size_t size)
{
	return kt_strlcpy(to, from, size);
}
#endif
#endif

static inline size_t kt_strlcat(char *to, const char *from, size_t size)
{
	size_t before = strnlen(to, size);

	return before + (before < size ? kt_strlcpy(to + before, from, size - before) : strlen(from));
}

#if __STDC_HOSTED__
#define strlcat kt_strlcat
#else
static inline size_t strlcat(char *to, const char *from, size_t size)
{
	return kt_strlcat(to, from, size);
}
#endif

static inline char *kt_strchrnul(const char *s, int c)
{
	while (*s && *s != (char)c)
		s++;
	return (char *)s;
}

#if __STDC_HOSTED__
#define strchrnul kt_strchrnul
#else
static inline char *strchrnul(const char *s, int c)
{
	return kt_strchrnul(s, c);
}
#endif

static inline char *strnchr(const char *s, size_t n, int c)
{
	/* The final NUL counts as a character. */
	for (; n--; s++) {
		if (*s == (char)c)
			return (char *)s;
		if (!*s)
			break;
	}
	return NULL;
}

static inline char *strnstr(const char *s, const char *part, size_t n)
{
	size_t length = strlen(part);

	for (; length <= n; s++, n--)
		if (!memcmp(s, part, length))
			return (char *)s;
	return NULL;
}

static inline bool kt_is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == (char)0xa0;
}

static inline char *skip_spaces(const char *s)
{
	while (kt_is_space(*s))
		s++;
	return (char *)s;
}

/* Strips spaces at both ends; those at the end are overwritten. */
static inline char *strim(char *s)
{
	size_t length = strlen(s);

	while (length && kt_is_space(s[length - 1]))
		length--;
	s[length] = 0;
	return skip_spaces(s);
}

#define strstrip strim

/* Returns the end of the text (for versions before 6.6, too). */
static inline char *strreplace(char *s, char from, char to)
{
	for (; *s; s++)
		if (*s == from)
			*s = to;
	return s;
}

/* The prefix's length, or 0. */
static inline size_t str_has_prefix(const char *s, const char *prefix)
{
	size_t length = strlen(prefix);

	return strncmp(s, prefix, length) ? 0 : length;
}

static inline bool strstarts(const char *s, const char *prefix)
{
	return !strncmp(s, prefix, strlen(prefix));
}

static inline const char *kbasename(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Compares, ignoring one final newline of either text. */
static inline bool sysfs_streq(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b || (!*a && *b == '\n' && !b[1]) || (*a == '\n' && !a[1] && !*b);
}

/* The index of the text in an array of n (or up to a NULL), or -EINVAL. */
#if KT_SINCE(4, 6)
static inline int match_string(const char *const *array, size_t n, const char *s)
{
	for (size_t i = 0; i < n && array[i]; i++)
		if (!strcmp(array[i], s))
			return (int)i;
	return -EINVAL;
}
#endif

static inline int __sysfs_match_string(const char *const *array, size_t n, const char *s)
{
	for (size_t i = 0; i < n && array[i]; i++)
		if (sysfs_streq(array[i], s))
			return (int)i;
	return -EINVAL;
}

#define sysfs_match_string(array, s) __sysfs_match_string(array, sizeof(array) / sizeof((array)[0]), s)

/* The first byte that is not c, or NULL. */
static inline void *memchr_inv(const void *p, int c, size_t n)
{
	const unsigned char *byte = (const unsigned char *)p;

	for (; n--; byte++)
		if (*byte != (unsigned char)c)
			return (void *)byte;
	return NULL;
}

/* The first byte that is c, or the end. */
static inline void *memscan(void *p, int c, size_t n)
{
	void *found = memchr(p, c, n);

	return found ? found : (char *)p + n;
}

static inline bool mem_is_zero(const void *p, size_t n)
{
	return !memchr_inv(p, 0, n);
}

static inline void *memset16(uint16_t *p, uint16_t value, size_t count)
{
	for (size_t i = 0; i < count; i++)
		p[i] = value;
	return p;
}

static inline void *memset32(uint32_t *p, uint32_t value, size_t count)
{
	for (size_t i = 0; i < count; i++)
		p[i] = value;
	return p;
}

static inline void *memset64(u64 *p, u64 value, size_t count)
{
	for (size_t i = 0; i < count; i++)
		p[i] = value;
	return p;
}

/* The compiler does not optimise it away. */
static inline void memzero_explicit(void *p, size_t n)
{
	memset(p, 0, n);
	barrier_data(p);
}

static inline void memcpy_and_pad(void *to, size_t size, const void *from, size_t n, int pad)
{
	memcpy(to, from, n < size ? n : size);
	if (n < size)
		memset((char *)to + n, pad, size - n);
}

#define memcpy_fromio(to, from, n) memcpy(to, (const void *)(from), n)
#define memcpy_toio(to, from, n) memcpy((void *)(to), from, n)
#define memset_io(to, c, n) memset((void *)(to), c, n)

/* Copies on the heap, for kfree(). */
static inline void *kmemdup(const void *from, size_t n, gfp_t flags)
{
	void *to = __kmalloc(n, flags);

	return to ? memcpy(to, from, n) : NULL;
}

static inline char *kt_memdup_nul(const char *from, size_t n, gfp_t flags)
{
	char *to = from ? (char *)__kmalloc(n + 1, flags) : NULL;

	if (to) {
		memcpy(to, from, n);
		to[n] = 0;
	}
	return to;
}

#if KT_SINCE(4, 13)
#define kmemdup_nul kt_memdup_nul
#endif

static inline char *kstrdup(const char *s, gfp_t flags)
{
	return s ? (char *)kmemdup(s, strlen(s) + 1, flags) : NULL;
}
KT_BEGIN
void kfree(const void *block);
KT_END
KT_BEGIN
void kfree_const(const void *text);
KT_END

static inline const char *kstrdup_const(const char *s, gfp_t flags)
{
	return (const char *)kstrdup(s, flags);
}

static inline char *kstrndup(const char *s, size_t max, gfp_t flags)
{
	return s ? kt_memdup_nul(s, strnlen(s, max), flags) : NULL;
}

/* Copies of user memory, or ERR_PTR(-errno). */
static inline char *memdup_user_nul(const void __user *from, size_t n)
{
	char *to;

	if ((unsigned long)from < 4096 || (unsigned long)from >= -4096UL)
		return (char *)ERR_PTR(-EFAULT);
	to = kt_memdup_nul((const char *)from, n, GFP_KERNEL);
	return to ? to : (char *)ERR_PTR(-ENOMEM);
}

static inline void *memdup_user(const void __user *from, size_t n)
{
	return (void *)memdup_user_nul(from, n);
}

static inline void *vmemdup_user(const void __user *from, size_t n)
{
	return (void *)memdup_user_nul(from, n);
}

/* At most n bytes with the NUL, or -EINVAL. */
static inline char *strndup_user(const char __user *s, long n)
{
	size_t length;

	if ((unsigned long)s < 4096 || (unsigned long)s >= -4096UL)
		return (char *)ERR_PTR(-EFAULT);
	length = strnlen(s, (size_t)n);
	return length >= (size_t)n ? (char *)ERR_PTR(-EINVAL) : memdup_user_nul(s, length);
}

KT_BEGIN
void **__memcat_p(void **a, void **b);
KT_END
/*
 * Concatenates two NULL-terminated arrays into a new one, for kfree(); NULL if there is no memory.
 */
#define memcat_p(a, b) \
	({ \
		BUILD_BUG_ON(!__builtin_types_compatible_p(__typeof__(*(a)), __typeof__(*(b)))); \
		(__typeof__(*(a)) *)__memcat_p((void **)(a), (void **)(b)); \
	})

#if KT_SINCE(6, 1)
/*
 * Copies a string to an array without a final NUL, truncated if necessary. The rest of the array
 * stays, or is padded.
 */
#define strtomem_pad(to, from, pad) \
	do { \
		const char *__kt_string = (const char *)(from); \
		size_t __kt_length = strnlen(__kt_string, sizeof(to)); \
		memcpy_and_pad((to), sizeof(to), __kt_string, __kt_length, (pad)); \
	} while (0)
#define strtomem(to, from) \
	do { \
		const char *__kt_string = (const char *)(from); \
		memcpy((to), __kt_string, strnlen(__kt_string, sizeof(to))); \
	} while (0)
#endif

#if KT_SINCE(5, 16)
/* Sets the part of an object after a member, or from it on. */
#define memset_after(object, value, member) \
	({ \
		__typeof__(object) __kt_object = (object); \
		size_t __kt_at = offsetof(__typeof__(*__kt_object), member) + sizeof(__kt_object->member); \
		memset((char *)__kt_object + __kt_at, (value), sizeof(*__kt_object) - __kt_at); \
	})
#define memset_startat(object, value, member) \
	({ \
		__typeof__(object) __kt_object = (object); \
		size_t __kt_at = offsetof(__typeof__(*__kt_object), member); \
		memset((char *)__kt_object + __kt_at, (value), sizeof(*__kt_object) - __kt_at); \
	})
#endif

/* Returns the end of the first n characters if c is not among them. */
static inline char *strnchrnul(const char *s, size_t n, int c)
{
	while (n-- && *s && *s != (char)c)
		s++;
	return (char *)s;
}

static inline void *memset_l(unsigned long *p, unsigned long value, size_t count)
{
	for (size_t i = 0; i < count; i++)
		p[i] = value;
	return p;
}

static inline void *memset_p(void **p, void *value, size_t count)
{
	return memset_l((unsigned long *)p, (unsigned long)value, count);
}

#if KT_SINCE(6, 1)
#define unsafe_memcpy(to, from, n, why) memcpy(to, from, n)
#endif

#if KT_SINCE(6, 7)
static inline void *memdup_array_user(const void __user *from, size_t n, size_t size)
{
	size_t bytes;

	return __builtin_mul_overflow(n, size, &bytes) ? ERR_PTR(-EOVERFLOW) : memdup_user(from, bytes);
}

static inline void *vmemdup_array_user(const void __user *from, size_t n, size_t size)
{
	return memdup_array_user(from, n, size);
}
#endif

KT_BEGIN
/* How many bits are 1. */
size_t memweight(const void *p, size_t bytes);
/* For a file's read function: copies from a buffer at *pos. */
ssize_t memory_read_from_buffer(void *to, size_t count, loff_t *pos, const void *from, size_t available);
/*
 * Splits a text into a NULL-terminated array of words. Stores their number, if the pointer is not
 * NULL.
 */
char **argv_split(gfp_t flags, const char *text, int *argc);
void argv_free(char **argv);
KT_END

#endif

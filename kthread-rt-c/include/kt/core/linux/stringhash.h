/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Incremental hashes of names. */
#ifndef KT_CORE_LINUX_STRINGHASH_H
#define KT_CORE_LINUX_STRINGHASH_H

#include <kt/core/linux/compiler.h>
#include <kt/core/linux/hash.h>
#include <kt/core/linux/types.h>

#define init_name_hash(salt) ((unsigned long)(salt))

static inline unsigned long partial_name_hash(unsigned long c, unsigned long before)
{
	return (before + (c << 4) + (c >> 4)) * 11;
}

static inline unsigned int end_name_hash(unsigned long hash)
{
	return hash_long(hash, 32);
}

static inline unsigned int full_name_hash(const void *salt, const char *name, unsigned int length)
{
	unsigned long hash = init_name_hash(salt);

	while (length--)
		hash = partial_name_hash((unsigned char)*name++, hash);
	return end_name_hash(hash);
}

/* The hash in the lower half, the length in the upper one. */
#define hashlen_hash(hashlen) ((u32)(hashlen))
#define hashlen_len(hashlen) ((u32)((hashlen) >> 32))
#define hashlen_create(hash, length) ((u64)(length) << 32 | (u32)(hash))

static inline u64 hashlen_string(const void *salt, const char *name)
{
	unsigned int length = (unsigned int)__builtin_strlen(name);

	return hashlen_create(full_name_hash(salt, name, length), length);
}

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Memory. ukmod reports memory that is not freed at the end of a module; a double free, or a free
 * of memory that was never allocated, is reported at once.
 */
#ifndef KT_CORE_LINUX_SLAB_H
#define KT_CORE_LINUX_SLAB_H

#include <kt/core/linux/cleanup.h>
#include <kt/core/linux/compiler.h>
#include <kt/core/linux/err.h>
#include <kt/core/linux/gfp.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

struct kmem_cache;

KT_BEGIN
void *__kmalloc(size_t size, gfp_t flags);
void *__kvmalloc(size_t size, gfp_t flags);
void *krealloc(const void *block, size_t size, gfp_t flags);
void kfree(const void *block);
#if KT_SINCE(5, 9)
void kfree_sensitive(const void *block);
#endif
#if !KT_SINCE(5, 10)
void kzfree(const void *block) __asm__("kfree_sensitive");
#endif
#if KT_SINCE(3, 15)
void kvfree(const void *block);
#endif
size_t ksize(const void *block);

/* Caches: blocks of one size. The constructor runs at each allocation. */
struct kmem_cache *kmem_cache_create(const char *name, unsigned int size, unsigned int align, slab_flags_t flags,
				     void (*ctor)(void *object));
void kmem_cache_destroy(struct kmem_cache *cache);
void *kmem_cache_alloc(struct kmem_cache *cache, gfp_t flags);
void kmem_cache_free(struct kmem_cache *cache, void *object);
unsigned int kmem_cache_size(struct kmem_cache *cache);
int kmem_cache_shrink(struct kmem_cache *cache);
KT_END

#define SLAB_CONSISTENCY_CHECKS 0x00000100u
#define SLAB_RED_ZONE 0x00000400u
#define SLAB_POISON 0x00000800u
#define SLAB_HWCACHE_ALIGN 0x00002000u
#define SLAB_CACHE_DMA 0x00004000u
#define SLAB_STORE_USER 0x00010000u
#define SLAB_RECLAIM_ACCOUNT 0x00020000u
#define SLAB_PANIC 0x00040000u
#define SLAB_TYPESAFE_BY_RCU 0x00080000u
#define SLAB_MEM_SPREAD 0x00100000u
#define SLAB_TRACE 0x00200000u
#define SLAB_NOLEAKTRACE 0x00800000u
#define SLAB_ACCOUNT 0x04000000u
#define SLAB_TEMPORARY SLAB_RECLAIM_ACCOUNT

#define ZERO_SIZE_PTR ((void *)16)
#define ZERO_OR_NULL_PTR(p) ((unsigned long)(p) <= (unsigned long)ZERO_SIZE_PTR)
#define KMALLOC_MAX_SIZE (1UL << 22)
#define KMALLOC_MAX_CACHE_SIZE (1UL << 13)
#define KMALLOC_MIN_SIZE 8
#define ARCH_KMALLOC_MINALIGN 16
#define ARCH_SLAB_MINALIGN 8

static inline void *kmalloc(size_t size, gfp_t flags)
{
	return __kmalloc(size, flags);
}

static inline void *kzalloc(size_t size, gfp_t flags)
{
	return __kmalloc(size, flags | __GFP_ZERO);
}

/* Null if the product is more than a size_t. */
static inline void *kmalloc_array(size_t n, size_t size, gfp_t flags)
{
	size_t bytes;

	return __builtin_mul_overflow(n, size, &bytes) ? 0 : __kmalloc(bytes, flags);
}

static inline void *kcalloc(size_t n, size_t size, gfp_t flags)
{
	return kmalloc_array(n, size, flags | __GFP_ZERO);
}

#if KT_SINCE(5, 11)
static inline void *krealloc_array(void *block, size_t n, size_t size, gfp_t flags)
{
	size_t bytes;

	return __builtin_mul_overflow(n, size, &bytes) ? 0 : krealloc(block, bytes, flags);
}
#endif

static inline void *kmem_cache_zalloc(struct kmem_cache *cache, gfp_t flags)
{
	return kmem_cache_alloc(cache, flags | __GFP_ZERO);
}

static inline void kmem_cache_free_bulk(struct kmem_cache *cache, size_t n, void **objects)
{
	while (n)
		kmem_cache_free(cache, objects[--n]);
}

/* All of them, or 0. */
static inline int kmem_cache_alloc_bulk(struct kmem_cache *cache, gfp_t flags, size_t n, void **objects)
{
	for (size_t i = 0; i < n; i++) {
		objects[i] = kmem_cache_alloc(cache, flags);
		if (!objects[i]) {
			kmem_cache_free_bulk(cache, i, objects);
			return 0;
		}
	}
	return (int)n;
}

#define KMEM_CACHE(type, flags) kmem_cache_create(#type, sizeof(struct type), __alignof__(struct type), (flags), 0)
#define KMEM_CACHE_USERCOPY(type, flags, field) KMEM_CACHE(type, flags)

static inline struct kmem_cache *kmem_cache_create_usercopy(const char *name, unsigned int size, unsigned int align, slab_flags_t flags, unsigned int offset, unsigned int length, void (*ctor)(void *))
{
	(void)length, (void)offset;
	return kmem_cache_create(name, size, align, flags, ctor);
}

static inline void *kmem_cache_alloc_node(struct kmem_cache *cache, gfp_t flags, int node)
{
	(void)node;
	return kmem_cache_alloc(cache, flags);
}

static inline void *kmalloc_node(size_t size, gfp_t flags, int node)
{
	(void)node;
	return kmalloc(size, flags);
}

static inline void *kzalloc_node(size_t size, gfp_t flags, int node)
{
	(void)node;
	return kzalloc(size, flags);
}

static inline void *kcalloc_node(size_t n, size_t size, gfp_t flags, int node)
{
	(void)node;
	return kcalloc(n, size, flags);
}

static inline void *kmalloc_array_node(size_t n, size_t size, gfp_t flags, int node)
{
	(void)node;
	return kmalloc_array(n, size, flags);
}

#define kmalloc_track_caller(size, flags) kmalloc(size, flags)

/* The size that a kernel would allocate for this many bytes. */
static inline size_t kmalloc_size_roundup(size_t size)
{
	size_t power = 8;

	if (size == 0 || size == ~(size_t)0)
		return size;
	if (size > 64 && size <= 96)
		return 96;
	if (size > 128 && size <= 192)
		return 192;
	while (power < size && power << 1)
		power <<= 1;
	return size <= power ? power : size;
}

#if KT_SINCE(4, 12)
static inline void *kvmalloc(size_t size, gfp_t flags)
{
	return __kvmalloc(size, flags);
}

static inline void *kvzalloc(size_t size, gfp_t flags)
{
	return __kvmalloc(size, flags | __GFP_ZERO);
}
#endif

static inline void *kvmalloc_node(size_t size, gfp_t flags, int node)
{
	(void)node;
	return __kvmalloc(size, flags);
}

static inline void *kvmalloc_array(size_t n, size_t size, gfp_t flags)
{
	size_t bytes;

	return __builtin_mul_overflow(n, size, &bytes) ? 0 : __kvmalloc(bytes, flags);
}

static inline void *kvzalloc_node(size_t size, gfp_t flags, int node)
{
	return kvmalloc_node(size, flags | __GFP_ZERO, node);
}

#if KT_SINCE(4, 18)
static inline void *kvcalloc(size_t n, size_t size, gfp_t flags)
{
	return kvmalloc_array(n, size, flags | __GFP_ZERO);
}
#endif

/* The old block is freed only if there is a new one. */
#if KT_SINCE(6, 12)
static inline void *kvrealloc(const void *block, size_t size, gfp_t flags)
{
	return krealloc(block, size, flags);
}
#elif KT_SINCE(5, 15)
static inline void *kvrealloc(const void *block, size_t old_size, size_t size, gfp_t flags)
{
	return old_size >= size ? (void *)block : krealloc(block, size, flags);
}
#endif

#if KT_SINCE(5, 9)
static inline void kvfree_sensitive(const void *block, size_t size)
{
	(void)size;
	kfree_sensitive(block);
}
#endif

static inline void kfree_bulk(size_t n, void **blocks)
{
	while (n)
		kfree(blocks[--n]);
}

static inline bool kmem_dump_obj(void *object)
{
	(void)object;
	return false;
}

/* Error pointers are left alone. */
DEFINE_FREE(kfree, void *, if (!IS_ERR_OR_NULL(_T)) kfree(_T))
#if KT_SINCE(3, 15)
DEFINE_FREE(kvfree, void *, if (!IS_ERR_OR_NULL(_T)) kvfree(_T))
#endif

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Memory. What is not freed is told when a module ends. */
#ifndef KT_LINUX_SLAB_H
#define KT_LINUX_SLAB_H

#include <linux/gfp.h>
#include <linux/types.h>

KT_BEGIN
void *__kmalloc(size_t size, gfp_t flags);
void *krealloc(const void *block, size_t size, gfp_t flags);
void kfree(const void *block);
size_t ksize(const void *block);
void *kt_alloc_aligned(size_t size, size_t align, gfp_t flags);
KT_END

#define ZERO_SIZE_PTR ((void *)16)
#define ZERO_OR_NULL_PTR(p) ((unsigned long)(p) <= (unsigned long)ZERO_SIZE_PTR)
#define KMALLOC_MAX_SIZE (1UL << 22)
#define ARCH_KMALLOC_MINALIGN 16

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

static inline void *krealloc_array(void *block, size_t n, size_t size, gfp_t flags)
{
	size_t bytes;

	return __builtin_mul_overflow(n, size, &bytes) ? 0 : krealloc(block, bytes, flags);
}

#define kmalloc_node(size, flags, node) kmalloc(size, flags)
#define kzalloc_node(size, flags, node) kzalloc(size, flags)
#define kcalloc_node(n, size, flags, node) kcalloc(n, size, flags)
#define kmalloc_track_caller(size, flags) kmalloc(size, flags)
#define kvmalloc(size, flags) kmalloc(size, flags)
#define kvzalloc(size, flags) kzalloc(size, flags)
#define kvmalloc_array(n, size, flags) kmalloc_array(n, size, flags)
#define kvcalloc(n, size, flags) kcalloc(n, size, flags)
#define kvfree(block) kfree(block)
#define kfree_const(block) kfree(block)
#define kfree_sensitive(block) kfree(block)
#define kzfree(block) kfree(block)

#endif

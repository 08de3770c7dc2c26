/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Memory in whole pages. */
#ifndef KT_CORE_LINUX_VMALLOC_H
#define KT_CORE_LINUX_VMALLOC_H

#include <kt/core/asm/page.h>
#include <kt/core/linux/gfp.h>
#include <kt/core/linux/mm_types.h>
#include <kt/core/linux/slab.h>
#include <kt/core/linux/types.h>

KT_BEGIN
void *__vmalloc(unsigned long size, gfp_t flags);
void *__vmalloc_node(unsigned long size, unsigned long align, gfp_t flags, int node, const void *caller);
void vfree(const void *block);
bool is_vmalloc_addr(const void *address);
KT_END

static inline void *vmalloc(unsigned long size)
{
	return __vmalloc(size, GFP_KERNEL);
}

static inline void *vzalloc(unsigned long size)
{
	return __vmalloc(size, GFP_KERNEL | __GFP_ZERO);
}

static inline void *vmalloc_array(size_t n, size_t size)
{
	size_t bytes;

	return __builtin_mul_overflow(n, size, &bytes) ? 0 : vmalloc(bytes);
}

static inline void *vcalloc(size_t n, size_t size)
{
	size_t bytes;

	return __builtin_mul_overflow(n, size, &bytes) ? 0 : vzalloc(bytes);
}

static inline void *vmalloc_node(unsigned long size, int node)
{
	(void)node;
	return vmalloc(size);
}

static inline void *vzalloc_node(unsigned long size, int node)
{
	(void)node;
	return vzalloc(size);
}

#define vmalloc_user vzalloc
#define vmalloc_32 vmalloc
#define vmalloc_32_user vzalloc
#define vmalloc_huge __vmalloc
#define vfree_atomic vfree

#define VM_IOREMAP 0x00000001
#define VM_ALLOC 0x00000002
#define VM_MAP 0x00000004
#define VM_USERMAP 0x00000008

struct page;

/*
 * Consecutive pages are mapped already. Other pages can't be mapped contiguously: this fails, as
 * without address space.
 */
static inline void *vmap(struct page **pages, unsigned int count, unsigned long flags, pgprot_t how)
{
	unsigned int index;

	(void)flags, (void)how;
	for (index = 1; index < count; index++)
		if ((unsigned long)pages[index] != (unsigned long)pages[index - 1] + PAGE_SIZE)
			return NULL;
	return count ? (void *)pages[0] : NULL;
}

static inline void vunmap(const void *address)
{
	(void)address;
}

#endif

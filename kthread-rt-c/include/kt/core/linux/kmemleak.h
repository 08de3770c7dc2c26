/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What is told of memory to whoever looks for leaks. What is left over is told at the end, whatever was said here. */
#ifndef KT_CORE_LINUX_KMEMLEAK_H
#define KT_CORE_LINUX_KMEMLEAK_H

#include <kt/core/linux/types.h>

static inline void kmemleak_alloc(const void *block, size_t size, int min_count, gfp_t flags)
{
	(void)block, (void)size, (void)min_count, (void)flags;
}

static inline void kmemleak_free(const void *block)
{
	(void)block;
}

static inline void kmemleak_not_leak(const void *block)
{
	(void)block;
}

static inline void kmemleak_ignore(const void *block)
{
	(void)block;
}

static inline void kmemleak_scan_area(const void *block, size_t size, gfp_t flags)
{
	(void)block, (void)size, (void)flags;
}

static inline void kmemleak_no_scan(const void *block)
{
	(void)block;
}

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Indices that are clamped to an array's bounds, even under speculative execution. */
#ifndef KT_CORE_LINUX_NOSPEC_H
#define KT_CORE_LINUX_NOSPEC_H

/* 0 for an index out of bounds, without a branch that could be mispredicted. */
#define array_index_nospec(index, size) \
	({ \
		__typeof__(index) __kt_index = (index); \
		unsigned long __kt_mask = 0ul - ((unsigned long)__kt_index < (unsigned long)(size)); \
\
		__asm__("" : "+r"(__kt_mask)); \
		(__typeof__(index))((unsigned long)__kt_index & __kt_mask); \
	})

#endif

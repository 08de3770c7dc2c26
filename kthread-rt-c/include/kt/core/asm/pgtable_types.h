/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Page protections. There are no page tables here: nothing is mapped, and changes have no effect.
 */
#ifndef KT_CORE_ASM_PGTABLE_TYPES_H
#define KT_CORE_ASM_PGTABLE_TYPES_H

#include <kt/core/asm/page.h>
#include <kt/core/linux/types.h>

typedef struct {
	unsigned long pgprot;
} pgprot_t;

#define __pgprot(bits) ((pgprot_t){ (bits) })
#define pgprot_val(how) ((how).pgprot)

#define PAGE_NONE __pgprot(0x0)
#define PAGE_SHARED __pgprot(0x3)
#define PAGE_READONLY __pgprot(0x1)
#define PAGE_KERNEL __pgprot(0x3)
#define PAGE_KERNEL_RO __pgprot(0x1)
#define PAGE_KERNEL_EXEC __pgprot(0x7)

static inline pgprot_t pgprot_noncached(pgprot_t how)
{
	return how;
}
#define pgprot_noncached pgprot_noncached

static inline pgprot_t pgprot_writecombine(pgprot_t how)
{
	return how;
}
#define pgprot_writecombine pgprot_writecombine

#endif

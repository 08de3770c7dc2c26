/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Pages of 4 KiB, whatever the system's are. */
#ifndef KT_ASM_PAGE_H
#define KT_ASM_PAGE_H

#ifndef PAGE_SHIFT
#define PAGE_SHIFT 12
#endif
#ifndef PAGE_SIZE
#define PAGE_SIZE (1UL << PAGE_SHIFT)
#endif
#ifndef PAGE_MASK
#define PAGE_MASK (~(PAGE_SIZE - 1))
#endif

#endif

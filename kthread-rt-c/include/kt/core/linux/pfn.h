/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Page frame numbers. */
#ifndef KT_CORE_LINUX_PFN_H
#define KT_CORE_LINUX_PFN_H

#include <kt/core/asm/page.h>

#define PFN_UP(n) (((n) + PAGE_SIZE - 1) >> PAGE_SHIFT)
#define PFN_DOWN(n) ((n) >> PAGE_SHIFT)
#define PFN_ALIGN(n) (((unsigned long)(n) + PAGE_SIZE - 1) & PAGE_MASK)
#define PFN_PHYS(n) ((phys_addr_t)(n) << PAGE_SHIFT)
#define PHYS_PFN(n) ((unsigned long)((n) >> PAGE_SHIFT))

#endif

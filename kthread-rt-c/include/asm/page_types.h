/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_PAGE_TYPES_H
#define KT_ASM_PAGE_TYPES_H

#include <kt/core/asm/page.h>

/* What a kernel's asm/page_types.h brings along. */
#include <asm/page_64_types.h>
#include <linux/init.h>
#include <linux/stringify.h>

#endif

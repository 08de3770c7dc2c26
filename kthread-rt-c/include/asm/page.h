/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_PAGE_H
#define KT_ASM_PAGE_H

#include <kt/core/asm/page.h>

/* What a kernel's asm/page.h brings along. */
#include <asm-generic/getorder.h>
#include <asm-generic/memory_model.h>
#include <asm/page_types.h>

#endif

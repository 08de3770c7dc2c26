/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_PGTABLE_H
#define KT_LINUX_PGTABLE_H

#include <kt/core/asm/pgtable_types.h>
#include <kt/core/linux/mm_types.h>

/* What a kernel's linux/pgtable.h brings along. */
#include <asm/pgtable.h>

#endif

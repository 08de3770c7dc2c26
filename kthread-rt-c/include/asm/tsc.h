/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_TSC_H
#define KT_ASM_TSC_H

#include <kt/core/asm/tsc.h>

/* What a kernel's asm/tsc.h brings along. */
#include <asm/processor.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_TIMEX_H
#define KT_ASM_TIMEX_H

#include <kt/core/linux/timex.h>
#include <kt/core/asm/tsc.h>

/* What a kernel's asm/timex.h brings along. */
#include <asm/tsc.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See asm/tsc.h. */
#ifndef KT_ASM_TIMEX_H
#define KT_ASM_TIMEX_H

#include <asm/tsc.h>

#endif

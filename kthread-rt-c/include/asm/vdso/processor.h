/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See asm/processor.h. */
#ifndef KT_ASM_VDSO_PROCESSOR_H
#define KT_ASM_VDSO_PROCESSOR_H

#include <asm/processor.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_VDSO_PROCESSOR_H
#define KT_ASM_VDSO_PROCESSOR_H

#include <kt/core/asm/processor.h>

#endif

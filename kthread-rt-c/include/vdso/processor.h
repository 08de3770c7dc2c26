/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_VDSO_PROCESSOR_H
#define KT_VDSO_PROCESSOR_H

#include <kt/core/asm/processor.h>

/* What a kernel's vdso/processor.h brings along. */
#include <asm/vdso/processor.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_SMP_H
#define KT_ASM_SMP_H

#include <kt/core/linux/smp.h>

/* What a kernel's asm/smp.h brings along. */
#include <asm/thread_info.h>

#endif

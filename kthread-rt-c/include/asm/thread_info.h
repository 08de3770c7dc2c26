/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_THREAD_INFO_H
#define KT_ASM_THREAD_INFO_H

#include <kt/core/linux/thread_info.h>

/* What a kernel's asm/thread_info.h brings along. */
#include <asm/processor.h>

#endif

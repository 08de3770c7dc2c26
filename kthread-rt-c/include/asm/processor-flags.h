/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_PROCESSOR_FLAGS_H
#define KT_ASM_PROCESSOR_FLAGS_H

#include <kt/core/linux/irqflags.h>

/* What a kernel's asm/processor-flags.h brings along. */
#include <linux/init.h>
#include <linux/stringify.h>
#include <uapi/asm/processor-flags.h>

#endif

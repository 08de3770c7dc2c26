/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_HARDIRQ_H
#define KT_ASM_HARDIRQ_H

#include <kt/core/linux/hardirq.h>
#include <kt/core/linux/percpu.h>

/* What a kernel's asm/hardirq.h brings along. */
#include <linux/threads.h>

#endif

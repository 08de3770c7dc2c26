/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_IRQFLAGS_H
#define KT_LINUX_IRQFLAGS_H

#include <kt/core/linux/irqflags.h>

/* What a kernel's linux/irqflags.h brings along. */
#include <asm/irqflags.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See irqflags.h. */
#ifndef KT_ASM_IRQFLAGS_H
#define KT_ASM_IRQFLAGS_H

#include <linux/irqflags.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_DELAY_H
#define KT_ASM_DELAY_H

#include <kt/core/linux/delay.h>

/* What a kernel's asm/delay.h brings along. */
#include <asm-generic/delay.h>
#include <linux/init.h>

#endif

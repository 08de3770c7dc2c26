/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The counter of cycles. */
#ifndef KT_LINUX_TIMEX_H
#define KT_LINUX_TIMEX_H

#include <asm/timex.h>
#include <linux/types.h>

#define random_get_entropy() ((unsigned long)get_cycles())

#endif

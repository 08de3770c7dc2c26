/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The counter of cycles. */
#ifndef KT_CORE_LINUX_TIMEX_H
#define KT_CORE_LINUX_TIMEX_H

#include <kt/core/asm/tsc.h>
#include <kt/core/linux/types.h>

#define random_get_entropy() ((unsigned long)get_cycles())

#endif

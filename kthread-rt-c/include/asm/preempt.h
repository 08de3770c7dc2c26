/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See preempt.h. */
#ifndef KT_ASM_PREEMPT_H
#define KT_ASM_PREEMPT_H

#include <linux/preempt.h>

#endif

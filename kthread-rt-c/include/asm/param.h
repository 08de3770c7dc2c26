/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See jiffies.h. */
#ifndef KT_ASM_PARAM_H
#define KT_ASM_PARAM_H

#include <linux/jiffies.h>

#endif

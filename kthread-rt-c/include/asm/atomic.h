/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See atomic.h. */
#ifndef KT_ASM_ATOMIC_H
#define KT_ASM_ATOMIC_H

#include <linux/atomic.h>

#endif

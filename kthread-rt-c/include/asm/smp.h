/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See smp.h. */
#ifndef KT_ASM_SMP_H
#define KT_ASM_SMP_H

#include <linux/smp.h>

#endif

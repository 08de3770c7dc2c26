/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See asm/barrier.h. */
#ifndef KT_ASM_GENERIC_BARRIER_H
#define KT_ASM_GENERIC_BARRIER_H

#include <asm/barrier.h>

#endif

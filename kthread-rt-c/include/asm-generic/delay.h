/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_GENERIC_DELAY_H
#define KT_ASM_GENERIC_DELAY_H

#include <kt/core/linux/delay.h>

#endif

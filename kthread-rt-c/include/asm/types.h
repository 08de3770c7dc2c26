/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See linux/types.h. */
#ifndef KT_ASM_TYPES_H
#define KT_ASM_TYPES_H

#include <linux/types.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See linux/string.h. */
#ifndef KT_ASM_STRING_H
#define KT_ASM_STRING_H

#include <linux/string.h>

#endif

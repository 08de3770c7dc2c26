/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See linux/bug.h. */
#ifndef KT_ASM_BUG_H
#define KT_ASM_BUG_H

#include <linux/bug.h>

#endif

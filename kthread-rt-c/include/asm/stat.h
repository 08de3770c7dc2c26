/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See linux/stat.h. */
#ifndef KT_ASM_STAT_H
#define KT_ASM_STAT_H

#include <linux/stat.h>

#endif

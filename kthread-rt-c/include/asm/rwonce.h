/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See compiler.h. */
#ifndef KT_ASM_RWONCE_H
#define KT_ASM_RWONCE_H

#include <linux/compiler.h>

#endif

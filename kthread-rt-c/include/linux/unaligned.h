/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See asm/unaligned.h. */
#ifndef KT_LINUX_UNALIGNED_H
#define KT_LINUX_UNALIGNED_H

#include <asm/unaligned.h>

#endif

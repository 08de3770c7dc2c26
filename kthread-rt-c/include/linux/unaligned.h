/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_UNALIGNED_H
#define KT_LINUX_UNALIGNED_H

#include <kt/core/asm/unaligned.h>

/* What a kernel's linux/unaligned.h brings along. */
#include <asm/byteorder.h>

#endif

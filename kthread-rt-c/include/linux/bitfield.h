/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_BITFIELD_H
#define KT_LINUX_BITFIELD_H

#include <kt/core/linux/bitfield.h>

/* What a kernel's linux/bitfield.h brings along. */
#include <asm/byteorder.h>
#include <linux/build_bug.h>

#endif

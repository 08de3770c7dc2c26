/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_BITS_H
#define KT_LINUX_BITS_H

#include <kt/core/linux/bits.h>

/* What a kernel's linux/bits.h brings along. */
#include <linux/build_bug.h>
#include <vdso/bits.h>

#endif

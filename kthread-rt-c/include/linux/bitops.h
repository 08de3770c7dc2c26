/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_BITOPS_H
#define KT_LINUX_BITOPS_H

#include <kt/core/linux/bitops.h>

/* What a kernel's linux/bitops.h brings along. */
#include <asm/bitops.h>
#include <uapi/linux/kernel.h>

#endif

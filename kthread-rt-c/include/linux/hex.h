/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_HEX_H
#define KT_LINUX_HEX_H

#include <kt/core/linux/hex.h>
#include <kt/core/linux/kernel.h>

/* What a kernel's linux/hex.h brings along. */
#include <linux/types.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_BCD_H
#define KT_LINUX_BCD_H

#include <kt/core/linux/bcd.h>

/* What a kernel's linux/bcd.h brings along. */
#include <linux/compiler.h>

#endif

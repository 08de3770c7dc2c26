/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_TICK_H
#define KT_LINUX_TICK_H

#include <kt/core/linux/tick.h>

/* What a kernel's linux/tick.h brings along. */
#include <asm/io.h>
#include <linux/of.h>

#endif

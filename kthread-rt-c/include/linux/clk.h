/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_CLK_H
#define KT_LINUX_CLK_H

#include <kt/core/linux/clk.h>

/* What a kernel's linux/clk.h brings along. */
#include <linux/notifier.h>

#endif

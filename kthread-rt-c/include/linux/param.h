/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_PARAM_H
#define KT_LINUX_PARAM_H

#include <kt/core/linux/jiffies.h>

/* What a kernel's linux/param.h brings along. */
#include <asm/param.h>

#endif

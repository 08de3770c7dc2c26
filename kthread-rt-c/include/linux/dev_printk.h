/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_DEV_PRINTK_H
#define KT_LINUX_DEV_PRINTK_H

#include <kt/core/linux/dev_printk.h>

/* What a kernel's linux/dev_printk.h brings along. */
#include <linux/ratelimit.h>

#endif

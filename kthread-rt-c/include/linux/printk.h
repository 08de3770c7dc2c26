/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_PRINTK_H
#define KT_LINUX_PRINTK_H

#include <kt/core/linux/printk.h>

/* What a kernel's linux/printk.h brings along. */
#include <linux/dynamic_debug.h>
#include <linux/init.h>
#include <linux/kern_levels.h>
#include <linux/linkage.h>
#include <linux/once_lite.h>
#include <linux/ratelimit_types.h>
#include <linux/stdarg.h>

#endif

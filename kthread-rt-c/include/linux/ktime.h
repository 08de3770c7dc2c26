/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_KTIME_H
#define KT_LINUX_KTIME_H

#include <kt/core/linux/ktime.h>

/* What a kernel's linux/ktime.h brings along. */
#include <linux/jiffies.h>
#include <linux/timekeeping.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_JIFFIES_H
#define KT_LINUX_JIFFIES_H

#include <kt/core/linux/jiffies.h>

/* What a kernel's linux/jiffies.h brings along. */
#include <linux/timex.h>
#include <vdso/jiffies.h>

#endif

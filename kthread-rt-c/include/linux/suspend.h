/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SUSPEND_H
#define KT_LINUX_SUSPEND_H

#include <kt/core/linux/suspend.h>

/* What a kernel's linux/suspend.h brings along. */
#include <linux/freezer.h>
#include <linux/swap.h>

#endif

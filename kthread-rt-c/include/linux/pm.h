/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_PM_H
#define KT_LINUX_PM_H

#include <kt/core/linux/pm.h>

/* What a kernel's linux/pm.h brings along. */
#include <linux/completion.h>
#include <linux/hrtimer.h>
#include <linux/workqueue.h>

#endif

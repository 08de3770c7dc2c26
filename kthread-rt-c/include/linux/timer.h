/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_TIMER_H
#define KT_LINUX_TIMER_H

#include <kt/core/linux/timer.h>

/* What a kernel's linux/timer.h brings along. */
#include <linux/debugobjects.h>
#include <linux/ktime.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_HRTIMER_H
#define KT_LINUX_HRTIMER_H

#include <kt/core/linux/hrtimer.h>

/* What a kernel's linux/hrtimer.h brings along. */
#include <linux/percpu.h>
#include <linux/seqlock.h>
#include <linux/timer.h>
#include <linux/timerqueue.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SCHED_SIGNAL_H
#define KT_LINUX_SCHED_SIGNAL_H

#include <kt/core/linux/sched/signal.h>

/* What a kernel's linux/sched/signal.h brings along. */
#include <linux/cred.h>
#include <linux/sched/task.h>
#include <linux/signal.h>

#endif

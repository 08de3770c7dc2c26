/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SCHED_CPUTIME_H
#define KT_LINUX_SCHED_CPUTIME_H

#include <kt/core/linux/sched.h>

/* What a kernel's linux/sched/cputime.h brings along. */
#include <linux/sched/signal.h>

#endif

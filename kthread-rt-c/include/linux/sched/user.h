/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SCHED_USER_H
#define KT_LINUX_SCHED_USER_H

#include <kt/core/linux/uidgid.h>

/* What a kernel's linux/sched/user.h brings along. */
#include <linux/percpu_counter.h>
#include <linux/ratelimit.h>

#endif

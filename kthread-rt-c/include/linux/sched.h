/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SCHED_H
#define KT_LINUX_SCHED_H

#include <kt/core/linux/sched.h>

/* What a kernel's linux/sched.h brings along. */
#include <linux/hrtimer.h>
#include <linux/nodemask.h>
#include <linux/pid.h>
#include <linux/plist.h>
#include <linux/resource.h>
#include <linux/sched/prio.h>
#include <linux/sched/types.h>
#include <linux/sem.h>
#include <linux/shm.h>
#include <linux/signal_types.h>
#include <linux/unistd.h>
#include <uapi/linux/sched.h>

#endif

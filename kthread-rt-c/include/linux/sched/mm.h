/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SCHED_MM_H
#define KT_LINUX_SCHED_MM_H

#include <kt/core/linux/sched/mm.h>

/* What a kernel's linux/sched/mm.h brings along. */
#include <linux/gfp.h>
#include <linux/sched.h>

#endif

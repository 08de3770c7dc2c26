/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_KTHREAD_H
#define KT_LINUX_KTHREAD_H

#include <kt/core/linux/kthread.h>

/* What a kernel's linux/kthread.h brings along. */
#include <linux/sched.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_TIMERQUEUE_H
#define KT_LINUX_TIMERQUEUE_H

#include <kt/core/linux/timerqueue.h>

/* What a kernel's linux/timerqueue.h brings along. */
#include <linux/ktime.h>
#include <linux/rbtree.h>

#endif

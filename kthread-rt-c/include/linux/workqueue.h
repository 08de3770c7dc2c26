/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_WORKQUEUE_H
#define KT_LINUX_WORKQUEUE_H

#include <kt/core/linux/workqueue.h>

/* What a kernel's linux/workqueue.h brings along. */
#include <linux/rcupdate.h>
#include <linux/timer.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SRCU_H
#define KT_LINUX_SRCU_H

#include <kt/core/linux/srcu.h>

/* What a kernel's linux/srcu.h brings along. */
#include <linux/mutex.h>
#include <linux/srcutree.h>
#include <linux/workqueue.h>

#endif

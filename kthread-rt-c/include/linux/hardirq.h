/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_HARDIRQ_H
#define KT_LINUX_HARDIRQ_H

#include <kt/core/linux/hardirq.h>

/* What a kernel's linux/hardirq.h brings along. */
#include <asm/hardirq.h>
#include <linux/sched.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_IRQ_WORK_H
#define KT_LINUX_IRQ_WORK_H

#include <kt/core/linux/irq_work.h>

/* What a kernel's linux/irq_work.h brings along. */
#include <linux/sched/signal.h>

#endif

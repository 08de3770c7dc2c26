/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See preempt.h. */
#ifndef KT_LINUX_HARDIRQ_H
#define KT_LINUX_HARDIRQ_H

#include <linux/bottom_half.h>
#include <linux/preempt.h>

#define synchronize_hardirq(irq) ((void)(irq))

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SMP_H
#define KT_LINUX_SMP_H

#include <kt/core/linux/smp.h>

/* What a kernel's linux/smp.h brings along. */
#include <asm/smp.h>
#include <linux/llist.h>
#include <linux/preempt.h>

#endif

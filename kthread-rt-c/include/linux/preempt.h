/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_PREEMPT_H
#define KT_LINUX_PREEMPT_H

#include <kt/core/linux/preempt.h>

/* What a kernel's linux/preempt.h brings along. */
#include <asm/preempt.h>
#include <linux/list.h>

#endif

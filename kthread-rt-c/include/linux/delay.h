/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_DELAY_H
#define KT_LINUX_DELAY_H

#include <kt/core/linux/delay.h>

/* What a kernel's linux/delay.h brings along. */
#include <asm/delay.h>
#include <linux/sched.h>

#endif

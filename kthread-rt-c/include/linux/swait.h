/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SWAIT_H
#define KT_LINUX_SWAIT_H

#include <kt/core/linux/swait.h>

/* What a kernel's linux/swait.h brings along. */
#include <linux/wait.h>

#endif

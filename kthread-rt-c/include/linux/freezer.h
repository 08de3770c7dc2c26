/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_FREEZER_H
#define KT_LINUX_FREEZER_H

#include <kt/core/linux/freezer.h>

/* What a kernel's linux/freezer.h brings along. */
#include <linux/sched.h>

#endif

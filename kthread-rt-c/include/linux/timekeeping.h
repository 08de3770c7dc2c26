/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_TIMEKEEPING_H
#define KT_LINUX_TIMEKEEPING_H

#include <kt/core/linux/timekeeping.h>

/* What a kernel's linux/timekeeping.h brings along. */
#include <linux/errno.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_RATELIMIT_H
#define KT_LINUX_RATELIMIT_H

#include <kt/core/linux/ratelimit.h>

/* What a kernel's linux/ratelimit.h brings along. */
#include <linux/sched.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_TIME32_H
#define KT_LINUX_TIME32_H

#include <kt/core/linux/time32.h>

/* What a kernel's linux/time32.h brings along. */
#include <linux/time64.h>
#include <linux/timex.h>

#endif

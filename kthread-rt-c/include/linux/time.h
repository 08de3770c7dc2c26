/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_TIME_H
#define KT_LINUX_TIME_H

#include <kt/core/linux/time.h>

/* What a kernel's linux/time.h brings along. */
#include <linux/time32.h>

#endif

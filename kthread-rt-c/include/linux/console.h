/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_CONSOLE_H
#define KT_LINUX_CONSOLE_H

#include <kt/core/linux/console.h>

/* What a kernel's linux/console.h brings along. */
#include <linux/atomic.h>

#endif

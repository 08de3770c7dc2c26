/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_PANIC_H
#define KT_LINUX_PANIC_H

#include <kt/core/linux/panic.h>

/* What a kernel's linux/panic.h brings along. */
#include <linux/types.h>

#endif

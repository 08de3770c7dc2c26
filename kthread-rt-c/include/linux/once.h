/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_ONCE_H
#define KT_LINUX_ONCE_H

#include <kt/core/linux/once.h>

/* What a kernel's linux/once.h brings along. */
#include <linux/jump_label.h>

#endif

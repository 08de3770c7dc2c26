/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_DYNAMIC_DEBUG_H
#define KT_LINUX_DYNAMIC_DEBUG_H

#include <kt/core/linux/dynamic_debug.h>

/* What a kernel's linux/dynamic_debug.h brings along. */
#include <linux/build_bug.h>
#include <linux/jump_label.h>

#endif

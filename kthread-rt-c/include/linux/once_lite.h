/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_ONCE_LITE_H
#define KT_LINUX_ONCE_LITE_H

#include <kt/core/linux/once.h>

/* What a kernel's linux/once_lite.h brings along. */
#include <linux/types.h>

#endif

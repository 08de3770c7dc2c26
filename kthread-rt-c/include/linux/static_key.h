/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_STATIC_KEY_H
#define KT_LINUX_STATIC_KEY_H

#include <kt/core/linux/jump_label.h>

/* What a kernel's linux/static_key.h brings along. */
#include <linux/jump_label.h>

#endif

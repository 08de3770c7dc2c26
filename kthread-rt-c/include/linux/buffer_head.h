/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_BUFFER_HEAD_H
#define KT_LINUX_BUFFER_HEAD_H

#include <kt/core/linux/buffer_head.h>

/* What a kernel's linux/buffer_head.h brings along. */
#include <linux/device.h>
#include <linux/pagemap.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_PLATFORM_DEVICE_H
#define KT_LINUX_PLATFORM_DEVICE_H

#include <kt/core/linux/platform_device.h>

/* What a kernel's linux/platform_device.h brings along. */
#include <linux/device.h>

#endif

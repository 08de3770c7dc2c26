/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_DEVICE_CLASS_H
#define KT_LINUX_DEVICE_CLASS_H

#include <kt/core/linux/device/class.h>

/* What a kernel's linux/device/class.h brings along. */
#include <linux/device/bus.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_OF_DEVICE_H
#define KT_LINUX_OF_DEVICE_H

#include <kt/core/linux/of.h>

/* What a kernel's linux/of_device.h brings along. */
#include <linux/cpu.h>
#include <linux/of.h>
#include <linux/platform_device.h>

#endif

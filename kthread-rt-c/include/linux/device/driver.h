/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_DEVICE_DRIVER_H
#define KT_LINUX_DEVICE_DRIVER_H

#include <kt/core/linux/device/driver.h>

/* What a kernel's linux/device/driver.h brings along. */
#include <linux/device/bus.h>
#include <linux/module.h>

#endif

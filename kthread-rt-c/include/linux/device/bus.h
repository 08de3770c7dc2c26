/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_DEVICE_BUS_H
#define KT_LINUX_DEVICE_BUS_H

#include <kt/core/linux/device/bus.h>

/* What a kernel's linux/device/bus.h brings along. */
#include <linux/kobject.h>
#include <linux/pm.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_DEVICE_H
#define KT_LINUX_DEVICE_H

#include <kt/core/linux/device.h>

/* What a kernel's linux/device.h brings along. */
#include <linux/dev_printk.h>
#include <linux/device/class.h>
#include <linux/device/driver.h>
#include <linux/ioport.h>
#include <linux/sched/topology.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_CDEV_H
#define KT_LINUX_CDEV_H

#include <kt/core/linux/cdev.h>

/* What a kernel's linux/cdev.h brings along. */
#include <linux/device.h>
#include <linux/kdev_t.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_MISCDEVICE_H
#define KT_LINUX_MISCDEVICE_H

#include <kt/core/linux/miscdevice.h>

/* What a kernel's linux/miscdevice.h brings along. */
#include <linux/device.h>
#include <linux/major.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_USB_H
#define KT_LINUX_USB_H

#include <kt/core/linux/usb.h>

/* What a kernel's linux/usb.h brings along. */
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/interrupt.h>
#include <linux/mod_devicetable.h>
#include <linux/pm_runtime.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_INPUT_H
#define KT_LINUX_INPUT_H

#include <kt/core/linux/input.h>

/* What a kernel's linux/input.h brings along. */
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/mod_devicetable.h>
#include <uapi/linux/input.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_FIRMWARE_H
#define KT_LINUX_FIRMWARE_H

#include <kt/core/linux/firmware.h>

/* What a kernel's linux/firmware.h brings along. */
#include <linux/gfp.h>

#endif

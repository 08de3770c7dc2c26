/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_GPIO_H
#define KT_UAPI_LINUX_GPIO_H

#include <kt/core/linux/gpio.h>

/* What a kernel's uapi/linux/gpio.h brings along. */
#include <linux/ioctl.h>
#include <linux/types.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_I2C_H
#define KT_UAPI_LINUX_I2C_H

#include <kt/core/linux/i2c.h>

/* What a kernel's uapi/linux/i2c.h brings along. */
#include <linux/types.h>

#endif

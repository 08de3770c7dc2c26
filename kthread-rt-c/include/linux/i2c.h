/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_I2C_H
#define KT_LINUX_I2C_H

#include <kt/core/linux/i2c.h>

/* What a kernel's linux/i2c.h brings along. */
#include <linux/io.h>
#include <linux/irqhandler.h>
#include <linux/of.h>
#include <linux/rtmutex.h>
#include <linux/suspend.h>
#include <uapi/linux/i2c.h>

#endif

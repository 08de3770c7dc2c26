/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SPI_SPI_H
#define KT_LINUX_SPI_SPI_H

#include <kt/core/linux/spi/spi.h>

/* What a kernel's linux/spi/spi.h brings along. */
#include <linux/ctype.h>
#include <linux/device.h>
#include <linux/gpio/consumer.h>
#include <linux/io.h>
#include <linux/irqhandler.h>
#include <linux/kthread.h>
#include <linux/of.h>
#include <linux/scatterlist.h>
#include <uapi/linux/spi/spi.h>

#endif

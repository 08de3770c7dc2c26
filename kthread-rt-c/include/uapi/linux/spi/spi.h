/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_SPI_SPI_H
#define KT_UAPI_LINUX_SPI_SPI_H

#include <kt/core/linux/spi/spi.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_CRC8_H
#define KT_LINUX_CRC8_H

#include <kt/core/linux/crc8.h>

/* What a kernel's linux/crc8.h brings along. */
#include <linux/types.h>

#endif

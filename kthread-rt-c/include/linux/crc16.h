/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_CRC16_H
#define KT_LINUX_CRC16_H

#include <kt/core/linux/crc16.h>

/* What a kernel's linux/crc16.h brings along. */
#include <linux/types.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_CRC7_H
#define KT_LINUX_CRC7_H

#include <kt/core/linux/crc7.h>

/* What a kernel's linux/crc7.h brings along. */
#include <linux/types.h>

#endif

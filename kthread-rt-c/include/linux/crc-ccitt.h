/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_CRC_CCITT_H
#define KT_LINUX_CRC_CCITT_H

#include <kt/core/linux/crc-ccitt.h>

/* What a kernel's linux/crc-ccitt.h brings along. */
#include <linux/types.h>

#endif

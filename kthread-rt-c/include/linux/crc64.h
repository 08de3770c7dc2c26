/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_CRC64_H
#define KT_LINUX_CRC64_H

#include <kt/core/linux/crc64.h>

/* What a kernel's linux/crc64.h brings along. */
#include <linux/types.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_CRC32_H
#define KT_LINUX_CRC32_H

#include <kt/core/linux/crc32.h>

/* What a kernel's linux/crc32.h brings along. */
#include <linux/bitrev.h>

#endif

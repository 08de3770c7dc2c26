/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_CRC32C_H
#define KT_LINUX_CRC32C_H

#include <kt/core/linux/crc32c.h>

/* What a kernel's linux/crc32c.h brings along. */
#include <linux/types.h>

#endif

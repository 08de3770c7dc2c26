/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_XXHASH_H
#define KT_LINUX_XXHASH_H

#include <kt/core/linux/xxhash.h>

/* What a kernel's linux/xxhash.h brings along. */
#include <linux/types.h>

#endif

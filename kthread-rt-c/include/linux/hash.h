/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_HASH_H
#define KT_LINUX_HASH_H

#include <kt/core/linux/hash.h>

/* What a kernel's linux/hash.h brings along. */
#include <linux/compiler.h>

#endif

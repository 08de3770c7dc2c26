/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_JHASH_H
#define KT_LINUX_JHASH_H

#include <kt/core/linux/jhash.h>

/* What a kernel's linux/jhash.h brings along. */
#include <linux/bitops.h>

#endif

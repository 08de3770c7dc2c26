/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SIPHASH_H
#define KT_LINUX_SIPHASH_H

#include <kt/core/linux/siphash.h>

/* What a kernel's linux/siphash.h brings along. */
#include <linux/kernel.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_IDR_H
#define KT_LINUX_IDR_H

#include <kt/core/linux/idr.h>

/* What a kernel's linux/idr.h brings along. */
#include <linux/radix-tree.h>

#endif

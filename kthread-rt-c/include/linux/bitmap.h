/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_BITMAP_H
#define KT_LINUX_BITMAP_H

#include <kt/core/linux/bitmap.h>

/* What a kernel's linux/bitmap.h brings along. */
#include <linux/align.h>
#include <linux/find.h>
#include <linux/string.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_ARRAY_SIZE_H
#define KT_LINUX_ARRAY_SIZE_H

#include <kt/core/linux/array_size.h>

/* What a kernel's linux/array_size.h brings along. */
#include <linux/compiler.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_REFCOUNT_TYPES_H
#define KT_LINUX_REFCOUNT_TYPES_H

#include <kt/core/linux/refcount_types.h>

/* What a kernel's linux/refcount_types.h brings along. */
#include <linux/types.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_TYPES_H
#define KT_LINUX_TYPES_H

#include <kt/core/linux/types.h>

/* What a kernel's linux/types.h brings along. */
#include <uapi/linux/types.h>

#endif

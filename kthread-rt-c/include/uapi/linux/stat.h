/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_STAT_H
#define KT_UAPI_LINUX_STAT_H

#include <kt/core/linux/stat.h>

/* What a kernel's uapi/linux/stat.h brings along. */
#include <linux/types.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_CAPABILITY_H
#define KT_UAPI_LINUX_CAPABILITY_H

#include <kt/core/linux/capability.h>

/* What a kernel's uapi/linux/capability.h brings along. */
#include <linux/types.h>

#endif

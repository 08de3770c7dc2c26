/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_UUID_H
#define KT_UAPI_LINUX_UUID_H

#include <kt/core/linux/uuid.h>

/* What a kernel's uapi/linux/uuid.h brings along. */
#include <linux/types.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_TIME_H
#define KT_UAPI_LINUX_TIME_H

#include <kt/core/linux/time.h>

/* What a kernel's uapi/linux/time.h brings along. */
#include <linux/types.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_IN6_H
#define KT_UAPI_LINUX_IN6_H

#include <kt/core/linux/in6.h>

/* What a kernel's uapi/linux/in6.h brings along. */
#include <linux/types.h>

#endif

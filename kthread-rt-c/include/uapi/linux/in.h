/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_IN_H
#define KT_UAPI_LINUX_IN_H

#include <kt/core/linux/in.h>

/* What a kernel's uapi/linux/in.h brings along. */
#include <linux/socket.h>

#endif

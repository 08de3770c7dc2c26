/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_SYSCTL_H
#define KT_UAPI_LINUX_SYSCTL_H

#include <kt/core/linux/sysctl.h>

/* What a kernel's uapi/linux/sysctl.h brings along. */
#include <linux/compiler.h>

#endif

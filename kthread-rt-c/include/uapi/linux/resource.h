/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_RESOURCE_H
#define KT_UAPI_LINUX_RESOURCE_H

#include <kt/core/linux/resource.h>

/* What a kernel's uapi/linux/resource.h brings along. */
#include <asm-generic/resource.h>
#include <linux/time.h>

#endif

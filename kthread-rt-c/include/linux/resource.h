/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_RESOURCE_H
#define KT_LINUX_RESOURCE_H

#include <kt/core/linux/resource.h>

/* What a kernel's linux/resource.h brings along. */
#include <uapi/linux/resource.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_MEMPOLICY_H
#define KT_UAPI_LINUX_MEMPOLICY_H

#include <kt/core/linux/types.h>

/* What a kernel's uapi/linux/mempolicy.h brings along. */
#include <linux/errno.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_ERRNO_H
#define KT_LINUX_ERRNO_H

#include <kt/core/linux/errno.h>

/* What a kernel's linux/errno.h brings along. */
#include <uapi/linux/errno.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_RANDOM_H
#define KT_UAPI_LINUX_RANDOM_H

#include <kt/core/linux/random.h>

/* What a kernel's uapi/linux/random.h brings along. */
#include <linux/ioctl.h>
#include <linux/types.h>

#endif

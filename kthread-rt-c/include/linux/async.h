/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_ASYNC_H
#define KT_LINUX_ASYNC_H

#include <kt/core/linux/async.h>

/* What a kernel's linux/async.h brings along. */
#include <linux/device.h>

#endif

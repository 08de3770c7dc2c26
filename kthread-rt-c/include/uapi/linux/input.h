/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_INPUT_H
#define KT_UAPI_LINUX_INPUT_H

#include <kt/core/uapi/linux/input.h>

/* What a kernel's uapi/linux/input.h brings along. */
#include <linux/input-event-codes.h>

#endif

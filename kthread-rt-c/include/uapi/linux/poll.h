/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_POLL_H
#define KT_UAPI_LINUX_POLL_H

#include <kt/core/linux/poll.h>

/* What a kernel's uapi/linux/poll.h brings along. */
#include <asm-generic/poll.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_EVENTPOLL_H
#define KT_UAPI_LINUX_EVENTPOLL_H

#include <kt/core/linux/poll.h>

/* What a kernel's uapi/linux/eventpoll.h brings along. */
#include <linux/fcntl.h>

#endif

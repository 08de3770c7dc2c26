/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_EVENTPOLL_H
#define KT_LINUX_EVENTPOLL_H

#include <kt/core/linux/poll.h>

/* What a kernel's linux/eventpoll.h brings along. */
#include <uapi/linux/eventpoll.h>

#endif

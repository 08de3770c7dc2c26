/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See linux/poll.h. */
#ifndef KT_UAPI_LINUX_EVENTPOLL_H
#define KT_UAPI_LINUX_EVENTPOLL_H

#include <linux/poll.h>

#endif

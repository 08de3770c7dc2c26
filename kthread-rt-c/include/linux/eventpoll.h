/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See poll.h. */
#ifndef KT_LINUX_EVENTPOLL_H
#define KT_LINUX_EVENTPOLL_H

#include <linux/poll.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_POLL_H
#define KT_LINUX_POLL_H

#include <kt/core/linux/poll.h>

/* What a kernel's linux/poll.h brings along. */
#include <linux/fs.h>
#include <uapi/linux/eventpoll.h>
#include <uapi/linux/poll.h>

#endif

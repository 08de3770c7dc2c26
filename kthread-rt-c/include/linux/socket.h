/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SOCKET_H
#define KT_LINUX_SOCKET_H

#include <kt/core/linux/socket.h>

/* What a kernel's linux/socket.h brings along. */
#include <linux/uio.h>
#include <uapi/linux/socket.h>

#endif

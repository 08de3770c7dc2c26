/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_SOCKET_H
#define KT_UAPI_LINUX_SOCKET_H

#include <kt/core/linux/socket.h>

#endif

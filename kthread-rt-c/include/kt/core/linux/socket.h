/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Socket addresses, for messages: there are no sockets. */
#ifndef KT_CORE_LINUX_SOCKET_H
#define KT_CORE_LINUX_SOCKET_H

#include <kt/core/linux/types.h>

#if __STDC_HOSTED__
#include <sys/socket.h>
#else
typedef unsigned short sa_family_t;

struct sockaddr {
	sa_family_t sa_family;
	char sa_data[14];
};

#define AF_UNSPEC 0
#define AF_UNIX 1
#define AF_LOCAL 1
#define AF_INET 2
#define AF_INET6 10
#define PF_UNIX AF_UNIX
#define PF_INET AF_INET
#define PF_INET6 AF_INET6
#endif

#endif

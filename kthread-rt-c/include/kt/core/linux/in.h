/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* IPv4: addresses. */
#ifndef KT_CORE_LINUX_IN_H
#define KT_CORE_LINUX_IN_H

#include <kt/core/asm/byteorder.h>
#include <kt/core/linux/socket.h>

#if __STDC_HOSTED__
#include <netinet/in.h>
#else
struct in_addr {
	__be32 s_addr;
};

struct sockaddr_in {
	sa_family_t sin_family;
	__be16 sin_port;
	struct in_addr sin_addr;
	unsigned char __pad[8];
};
#define sin_zero __pad

enum { IPPROTO_IP = 0, IPPROTO_ICMP = 1, IPPROTO_TCP = 6, IPPROTO_UDP = 17, IPPROTO_IPV6 = 41 };

#define INADDR_ANY 0u
#define INADDR_LOOPBACK 0x7f000001u
#define INADDR_BROADCAST 0xffffffffu
#define INADDR_NONE 0xffffffffu
#endif

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Resource limits. */
#ifndef KT_CORE_LINUX_RESOURCE_H
#define KT_CORE_LINUX_RESOURCE_H

#include <kt/core/linux/types.h>
#if __STDC_HOSTED__
#include <sys/resource.h>
#endif

#ifndef RLIM_INFINITY
struct rlimit {
	unsigned long rlim_cur;
	unsigned long rlim_max;
};

#define RLIM_INFINITY (~0UL)
#define RLIMIT_CPU 0
#define RLIMIT_FSIZE 1
#define RLIMIT_DATA 2
#define RLIMIT_STACK 3
#define RLIMIT_CORE 4
#define RLIMIT_RSS 5
#define RLIMIT_NPROC 6
#define RLIMIT_NOFILE 7
#define RLIMIT_MEMLOCK 8
#define RLIMIT_AS 9
#define RLIMIT_LOCKS 10
#define RLIMIT_SIGPENDING 11
#define RLIMIT_MSGQUEUE 12
#define RLIMIT_NICE 13
#define RLIMIT_RTPRIO 14
#define RLIMIT_RTTIME 15
#endif
#ifndef RLIM_NLIMITS
#define RLIM_NLIMITS 16
#endif

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Where a signal comes from. */
#ifndef KT_CORE_ASM_SIGINFO_H
#define KT_CORE_ASM_SIGINFO_H

#include <kt/core/linux/types.h>

#if __STDC_HOSTED__
#include <signal.h>
#else
typedef union sigval {
	int sival_int;
	void *sival_ptr;
} sigval_t;

#define SI_USER 0
#define SI_KERNEL 0x80
#define SI_QUEUE -1
#define SI_TIMER -2
#define SI_MESGQ -3
#define SI_ASYNCIO -4
#define SI_SIGIO -5
#define SI_TKILL -6
#define POLL_IN 1
#define POLL_OUT 2
#define POLL_MSG 3
#define POLL_ERR 4
#define POLL_PRI 5
#define POLL_HUP 6
#endif

#endif

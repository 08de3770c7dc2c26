/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Date and time of a real-time clock. There is no such clock. */
#ifndef KT_CORE_LINUX_RTC_H
#define KT_CORE_LINUX_RTC_H

#include <kt/core/linux/types.h>

struct rtc_time {
	int tm_sec;
	int tm_min;
	int tm_hour;
	int tm_mday;
	int tm_mon; /* from 0 */
	int tm_year; /* from 1900 */
	int tm_wday;
	int tm_yday;
	int tm_isdst;
};

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The date and the time of day of a clock; there is no clock of this kind. */
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

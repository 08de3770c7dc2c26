/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_RTC_H
#define KT_UAPI_LINUX_RTC_H

#include <kt/core/linux/rtc.h>

/* What a kernel's uapi/linux/rtc.h brings along. */
#include <linux/ioctl.h>
#include <linux/types.h>

#endif

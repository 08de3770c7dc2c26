/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_RTC_H
#define KT_LINUX_RTC_H

#include <kt/core/linux/rtc.h>

/* What a kernel's linux/rtc.h brings along. */
#include <linux/cdev.h>
#include <linux/gpio/consumer.h>
#include <linux/interrupt.h>
#include <linux/poll.h>
#include <linux/seq_file.h>
#include <uapi/linux/rtc.h>

#endif

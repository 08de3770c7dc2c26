/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_WW_MUTEX_H
#define KT_LINUX_WW_MUTEX_H

#include <kt/core/linux/ww_mutex.h>

/* What a kernel's linux/ww_mutex.h brings along. */
#include <linux/mutex.h>
#include <linux/rtmutex.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Softirqs off: the caller is in an atomic section; their thread goes on. */
#ifndef KT_CORE_LINUX_BOTTOM_HALF_H
#define KT_CORE_LINUX_BOTTOM_HALF_H

#include <kt/core/linux/preempt.h>

#define local_bh_disable() kt_local_bh_disable()
#define local_bh_enable() kt_local_bh_enable()
#define _local_bh_enable() kt_local_bh_enable()
#define local_bh_enable_ip(ip) kt_local_bh_enable()
#define local_bh_blocked() false

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Names only: functions are not traced, and there is no buffer to dump. */
#ifndef KT_CORE_LINUX_FTRACE_H
#define KT_CORE_LINUX_FTRACE_H

#include <kt/core/linux/tracepoint.h>
#include <kt/core/linux/kernel.h>


#endif

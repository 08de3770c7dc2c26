/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_THREAD_INFO_H
#define KT_LINUX_THREAD_INFO_H

#include <kt/core/linux/thread_info.h>

/* What a kernel's linux/thread_info.h brings along. */
#include <asm/thread_info.h>
#include <linux/time64.h>

#endif

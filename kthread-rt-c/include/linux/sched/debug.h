/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SCHED_DEBUG_H
#define KT_LINUX_SCHED_DEBUG_H

#include <kt/core/linux/sched/debug.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SCHED_PRIO_H
#define KT_LINUX_SCHED_PRIO_H

#include <kt/core/linux/sched/prio.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SCHED_HOTPLUG_H
#define KT_LINUX_SCHED_HOTPLUG_H

#include <kt/core/linux/types.h>

#endif

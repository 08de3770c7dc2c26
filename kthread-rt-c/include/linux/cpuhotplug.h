/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_CPUHOTPLUG_H
#define KT_LINUX_CPUHOTPLUG_H

#include <kt/core/linux/cpuhotplug.h>

/* What a kernel's linux/cpuhotplug.h brings along. */
#include <linux/types.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_CPU_H
#define KT_LINUX_CPU_H

#include <kt/core/linux/cpu.h>

/* What a kernel's linux/cpu.h brings along. */
#include <linux/cpuhotplug.h>
#include <linux/device.h>

#endif

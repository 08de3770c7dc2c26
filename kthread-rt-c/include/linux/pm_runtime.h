/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_PM_RUNTIME_H
#define KT_LINUX_PM_RUNTIME_H

#include <kt/core/linux/pm_runtime.h>

/* What a kernel's linux/pm_runtime.h brings along. */
#include <linux/device.h>

#endif

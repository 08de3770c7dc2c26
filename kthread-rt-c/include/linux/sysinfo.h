/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SYSINFO_H
#define KT_LINUX_SYSINFO_H

#include <kt/core/linux/sysinfo.h>

/* What a kernel's linux/sysinfo.h brings along. */
#include <linux/types.h>

#endif

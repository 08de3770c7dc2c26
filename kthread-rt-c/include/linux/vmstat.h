/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_VMSTAT_H
#define KT_LINUX_VMSTAT_H

#include <kt/core/linux/vmstat.h>

/* What a kernel's linux/vmstat.h brings along. */
#include <linux/mmzone.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_NUMA_H
#define KT_LINUX_NUMA_H

#include <kt/core/linux/numa.h>

/* What a kernel's linux/numa.h brings along. */
#include <linux/init.h>

#endif

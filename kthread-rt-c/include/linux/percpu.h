/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_PERCPU_H
#define KT_LINUX_PERCPU_H

#include <kt/core/linux/percpu.h>

/* What a kernel's linux/percpu.h brings along. */
#include <linux/smp.h>

#endif

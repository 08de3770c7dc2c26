/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_PERCPU_COUNTER_H
#define KT_LINUX_PERCPU_COUNTER_H

#include <kt/core/linux/percpu_counter.h>

/* What a kernel's linux/percpu_counter.h brings along. */
#include <linux/gfp.h>

#endif

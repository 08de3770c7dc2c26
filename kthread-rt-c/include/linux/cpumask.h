/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_CPUMASK_H
#define KT_LINUX_CPUMASK_H

#include <kt/core/linux/cpumask.h>

/* What a kernel's linux/cpumask.h brings along. */
#include <linux/atomic.h>
#include <linux/bitmap.h>
#include <linux/gfp_types.h>
#include <linux/kernel.h>
#include <linux/numa.h>
#include <linux/threads.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_PERCPU_REFCOUNT_H
#define KT_LINUX_PERCPU_REFCOUNT_H

#include <kt/core/linux/percpu-refcount.h>

/* What a kernel's linux/percpu-refcount.h brings along. */
#include <linux/gfp.h>

#endif

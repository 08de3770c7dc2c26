/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SLAB_H
#define KT_LINUX_SLAB_H

#include <kt/core/linux/slab.h>

/* What a kernel's linux/slab.h brings along. */
#include <linux/percpu-refcount.h>

#endif

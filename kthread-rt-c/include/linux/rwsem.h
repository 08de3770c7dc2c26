/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_RWSEM_H
#define KT_LINUX_RWSEM_H

#include <kt/core/linux/rwsem.h>

/* What a kernel's linux/rwsem.h brings along. */
#include <linux/spinlock.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_LOCKDEP_H
#define KT_LINUX_LOCKDEP_H

#include <kt/core/linux/lockdep.h>

/* What a kernel's linux/lockdep.h brings along. */
#include <linux/smp.h>

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_PERCPU_RWSEM_H
#define KT_LINUX_PERCPU_RWSEM_H

#include <kt/core/linux/percpu-rwsem.h>

/* What a kernel's linux/percpu-rwsem.h brings along. */
#include <linux/rcu_sync.h>
#include <linux/sched/signal.h>

#endif

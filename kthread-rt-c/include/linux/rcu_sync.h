/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_RCU_SYNC_H
#define KT_LINUX_RCU_SYNC_H

#include <kt/core/linux/rcu_sync.h>

/* What a kernel's linux/rcu_sync.h brings along. */
#include <linux/rcupdate.h>
#include <linux/wait.h>

#endif

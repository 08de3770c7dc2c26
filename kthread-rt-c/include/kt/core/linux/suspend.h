/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Suspending the machine, which never happens here. */
#ifndef KT_CORE_LINUX_SUSPEND_H
#define KT_CORE_LINUX_SUSPEND_H

#include <kt/core/linux/freezer.h>
#include <kt/core/linux/pm.h>
#include <kt/core/linux/types.h>

#define PM_SUSPEND_ON 0
#define PM_SUSPEND_TO_IDLE 1
#define PM_SUSPEND_STANDBY 2
#define PM_SUSPEND_MEM 3
#define PM_HIBERNATION_PREPARE 0x0001
#define PM_POST_HIBERNATION 0x0002
#define PM_SUSPEND_PREPARE 0x0003
#define PM_POST_SUSPEND 0x0004

typedef int suspend_state_t;
struct notifier_block;

/* Notifiers are never called. */
static inline int register_pm_notifier(struct notifier_block *nb)
{
	(void)nb;
	return 0;
}

static inline int unregister_pm_notifier(struct notifier_block *nb)
{
	(void)nb;
	return 0;
}

static inline void lock_system_sleep(void)
{
}

static inline void unlock_system_sleep(void)
{
}

#endif

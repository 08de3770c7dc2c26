/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Runtime power management. Devices are always on. */
#ifndef KT_CORE_LINUX_PM_RUNTIME_H
#define KT_CORE_LINUX_PM_RUNTIME_H

#include <kt/core/linux/device.h>
#include <kt/core/linux/errno.h>
#include <kt/core/linux/pm.h>
#include <kt/core/linux/types.h>

static inline void pm_runtime_enable(struct device *dev)
{
	(void)dev;
}

static inline void pm_runtime_disable(struct device *dev)
{
	(void)dev;
}

static inline int pm_runtime_get_sync(struct device *dev)
{
	(void)dev;
	return 1;
}

static inline int pm_runtime_get(struct device *dev)
{
	(void)dev;
	return 1;
}

static inline int pm_runtime_resume_and_get(struct device *dev)
{
	(void)dev;
	return 0;
}

static inline void pm_runtime_get_noresume(struct device *dev)
{
	(void)dev;
}

static inline void pm_runtime_put_noidle(struct device *dev)
{
	(void)dev;
}

static inline int pm_runtime_put(struct device *dev)
{
	(void)dev;
	return -ENOSYS;
}
#define pm_runtime_put_sync pm_runtime_put
#define pm_runtime_put_autosuspend pm_runtime_put

static inline int pm_runtime_set_active(struct device *dev)
{
	(void)dev;
	return 0;
}

static inline void pm_runtime_set_suspended(struct device *dev)
{
	(void)dev;
}

static inline void pm_runtime_use_autosuspend(struct device *dev)
{
	(void)dev;
}

static inline void pm_runtime_dont_use_autosuspend(struct device *dev)
{
	(void)dev;
}

static inline void pm_runtime_set_autosuspend_delay(struct device *dev, int ms)
{
	(void)dev, (void)ms;
}

static inline void pm_runtime_mark_last_busy(struct device *dev)
{
	(void)dev;
}

static inline bool pm_runtime_active(struct device *dev)
{
	(void)dev;
	return true;
}

static inline bool pm_runtime_suspended(struct device *dev)
{
	(void)dev;
	return false;
}

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Messages that begin with a device's driver and name. */
#ifndef KT_CORE_LINUX_DEV_PRINTK_H
#define KT_CORE_LINUX_DEV_PRINTK_H

#include <kt/core/linux/bug.h>
#include <kt/core/linux/errno.h>
#include <kt/core/linux/printk.h>
#include <kt/core/linux/ratelimit.h>

struct device;

KT_BEGIN
const char *dev_driver_string(const struct device *dev);
const char *kt_dev_name(const struct device *dev);
KT_END

#ifndef dev_fmt
#define dev_fmt(fmt) fmt
#endif

#define dev_printk(level, dev, fmt, ...) \
	printk(level "%s %s: " fmt, dev_driver_string(dev), kt_dev_name(dev), ##__VA_ARGS__)
#define dev_emerg(dev, fmt, ...) dev_printk(KERN_EMERG, dev, dev_fmt(fmt), ##__VA_ARGS__)
#define dev_alert(dev, fmt, ...) dev_printk(KERN_ALERT, dev, dev_fmt(fmt), ##__VA_ARGS__)
#define dev_crit(dev, fmt, ...) dev_printk(KERN_CRIT, dev, dev_fmt(fmt), ##__VA_ARGS__)
#define dev_err(dev, fmt, ...) dev_printk(KERN_ERR, dev, dev_fmt(fmt), ##__VA_ARGS__)
#define dev_warn(dev, fmt, ...) dev_printk(KERN_WARNING, dev, dev_fmt(fmt), ##__VA_ARGS__)
#define dev_notice(dev, fmt, ...) dev_printk(KERN_NOTICE, dev, dev_fmt(fmt), ##__VA_ARGS__)
#define dev_info(dev, fmt, ...) dev_printk(KERN_INFO, dev, dev_fmt(fmt), ##__VA_ARGS__)
#ifdef DEBUG
#define dev_dbg(dev, fmt, ...) dev_printk(KERN_DEBUG, dev, dev_fmt(fmt), ##__VA_ARGS__)
#else
#define dev_dbg(dev, fmt, ...) \
	do { \
		if (0) \
			dev_printk(KERN_DEBUG, dev, dev_fmt(fmt), ##__VA_ARGS__); \
	} while (0)
#endif
#define dev_vdbg dev_dbg

#define dev_level_once(dev_level, dev, fmt, ...) __kt_once(dev_level(dev, fmt, ##__VA_ARGS__))
#define dev_emerg_once(dev, fmt, ...) __kt_once(dev_emerg(dev, fmt, ##__VA_ARGS__))
#define dev_alert_once(dev, fmt, ...) __kt_once(dev_alert(dev, fmt, ##__VA_ARGS__))
#define dev_crit_once(dev, fmt, ...) __kt_once(dev_crit(dev, fmt, ##__VA_ARGS__))
#define dev_err_once(dev, fmt, ...) __kt_once(dev_err(dev, fmt, ##__VA_ARGS__))
#define dev_warn_once(dev, fmt, ...) __kt_once(dev_warn(dev, fmt, ##__VA_ARGS__))
#define dev_notice_once(dev, fmt, ...) __kt_once(dev_notice(dev, fmt, ##__VA_ARGS__))
#define dev_info_once(dev, fmt, ...) __kt_once(dev_info(dev, fmt, ##__VA_ARGS__))
#ifdef DEBUG
#define dev_dbg_once(dev, fmt, ...) __kt_once(dev_dbg(dev, fmt, ##__VA_ARGS__))
#else
#define dev_dbg_once dev_dbg
#endif
#define dev_WARN(dev, fmt, ...) WARN(1, "%s %s: " fmt, dev_driver_string(dev), kt_dev_name(dev), ##__VA_ARGS__)
#define dev_WARN_ONCE(dev, condition, fmt, ...) \
	WARN_ONCE(condition, "%s %s: " fmt, dev_driver_string(dev), kt_dev_name(dev), ##__VA_ARGS__)

#define dev_level_ratelimited(dev_level, dev, fmt, ...) __kt_ratelimited(dev_level(dev, fmt, ##__VA_ARGS__))
#define dev_emerg_ratelimited(dev, fmt, ...) __kt_ratelimited(dev_emerg(dev, fmt, ##__VA_ARGS__))
#define dev_alert_ratelimited(dev, fmt, ...) __kt_ratelimited(dev_alert(dev, fmt, ##__VA_ARGS__))
#define dev_crit_ratelimited(dev, fmt, ...) __kt_ratelimited(dev_crit(dev, fmt, ##__VA_ARGS__))
#define dev_err_ratelimited(dev, fmt, ...) __kt_ratelimited(dev_err(dev, fmt, ##__VA_ARGS__))
#define dev_warn_ratelimited(dev, fmt, ...) __kt_ratelimited(dev_warn(dev, fmt, ##__VA_ARGS__))
#define dev_notice_ratelimited(dev, fmt, ...) __kt_ratelimited(dev_notice(dev, fmt, ##__VA_ARGS__))
#define dev_info_ratelimited(dev, fmt, ...) __kt_ratelimited(dev_info(dev, fmt, ##__VA_ARGS__))
#define dev_dbg_ratelimited dev_dbg

/* Reports an error, except for a deferred probe. Returns the error. */
static inline int __printf(3, 4) dev_err_probe(const struct device *dev, int error, const char *fmt, ...)
{
	struct va_format message;
	va_list args;

	va_start(args, fmt);
	message.fmt = fmt;
	message.va = &args;
	if (error != -EPROBE_DEFER)
		dev_printk(KERN_ERR, dev, "error %pe: %pV", (void *)(long)error, &message);
	va_end(args);
	return error;
}

#endif

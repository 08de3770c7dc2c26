/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Limits the number of messages per interval. */
#ifndef KT_CORE_LINUX_RATELIMIT_H
#define KT_CORE_LINUX_RATELIMIT_H

#include <kt/core/linux/compiler.h>
#include <kt/core/linux/jiffies.h>
#include <kt/core/linux/printk.h>
#include <kt/core/linux/types.h>

#define DEFAULT_RATELIMIT_INTERVAL (5 * HZ)
#define DEFAULT_RATELIMIT_BURST 10
#define RATELIMIT_MSG_ON_RELEASE 1UL

/* At most `burst` times in `interval` jiffies; an interval of 0 is no limit. */
struct ratelimit_state {
	u32 kt_lock;
	int interval;
	int burst;
	int printed;
	int missed;
	unsigned long begin;
	unsigned long flags;
};

#define RATELIMIT_STATE_INIT_FLAGS(name, interval, burst, flags) { 0, (interval), (burst), 0, 0, 0, (flags) }
#define RATELIMIT_STATE_INIT(name, interval, burst) RATELIMIT_STATE_INIT_FLAGS(name, interval, burst, 0)
#define DEFINE_RATELIMIT_STATE(name, interval, burst) \
	struct ratelimit_state name = RATELIMIT_STATE_INIT(name, interval, burst)

static inline void ratelimit_state_init(struct ratelimit_state *rs, int interval, int burst)
{
	struct ratelimit_state made = RATELIMIT_STATE_INIT(rs, interval, burst);

	*rs = made;
}

static inline void ratelimit_default_init(struct ratelimit_state *rs)
{
	ratelimit_state_init(rs, DEFAULT_RATELIMIT_INTERVAL, DEFAULT_RATELIMIT_BURST);
}

static inline void ratelimit_set_flags(struct ratelimit_state *rs, unsigned long flags)
{
	rs->flags = flags;
}

KT_BEGIN
/*
 * True if this message may be printed. At the begin of an interval, prints how many were
 * suppressed.
 */
int ___ratelimit(struct ratelimit_state *rs, const char *function);
KT_END

#define __ratelimit(state) ___ratelimit(state, __func__)
#define printk_ratelimit() \
	({ \
		static DEFINE_RATELIMIT_STATE(__kt_state, DEFAULT_RATELIMIT_INTERVAL, DEFAULT_RATELIMIT_BURST); \
		__ratelimit(&__kt_state); \
	})
#define __kt_ratelimited(what) \
	({ \
		static DEFINE_RATELIMIT_STATE(__kt_state, DEFAULT_RATELIMIT_INTERVAL, DEFAULT_RATELIMIT_BURST); \
		if (__ratelimit(&__kt_state)) \
			what; \
	})

#define printk_ratelimited(fmt, ...) __kt_ratelimited(printk(fmt, ##__VA_ARGS__))
#define pr_emerg_ratelimited(fmt, ...) __kt_ratelimited(pr_emerg(fmt, ##__VA_ARGS__))
#define pr_alert_ratelimited(fmt, ...) __kt_ratelimited(pr_alert(fmt, ##__VA_ARGS__))
#define pr_crit_ratelimited(fmt, ...) __kt_ratelimited(pr_crit(fmt, ##__VA_ARGS__))
#define pr_err_ratelimited(fmt, ...) __kt_ratelimited(pr_err(fmt, ##__VA_ARGS__))
#define pr_warn_ratelimited(fmt, ...) __kt_ratelimited(pr_warn(fmt, ##__VA_ARGS__))
#define pr_notice_ratelimited(fmt, ...) __kt_ratelimited(pr_notice(fmt, ##__VA_ARGS__))
#define pr_info_ratelimited(fmt, ...) __kt_ratelimited(pr_info(fmt, ##__VA_ARGS__))
#define pr_devel_ratelimited pr_debug_ratelimited
#ifdef DEBUG
#define pr_debug_ratelimited(fmt, ...) __kt_ratelimited(pr_debug(fmt, ##__VA_ARGS__))
#else
#define pr_debug_ratelimited(fmt, ...) pr_debug(fmt, ##__VA_ARGS__)
#endif
#define WARN_ON_RATELIMIT(condition, state) WARN_ON((condition) && __ratelimit(state))

#endif

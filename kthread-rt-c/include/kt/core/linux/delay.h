/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Sleeping for a time, and waiting without sleeping. */
#ifndef KT_CORE_LINUX_DELAY_H
#define KT_CORE_LINUX_DELAY_H

#include <kt/core/linux/jiffies.h>
#include <kt/core/linux/kernel.h>
#include <kt/core/linux/sched.h>
#include <kt/core/linux/version.h>

KT_BEGIN
/* Up to 6.11, these sleep one jiffy longer. */
#if KT_SINCE(6, 12)
void msleep(unsigned int ms) __asm__("kt_msleep_since_6_12");
unsigned long msleep_interruptible(unsigned int ms) __asm__("kt_msleep_interruptible_since_6_12");
#else
void msleep(unsigned int ms);
unsigned long msleep_interruptible(unsigned int ms);
#endif
void usleep_range_state(unsigned long min, unsigned long max, unsigned int state);
void kt_ndelay(unsigned long ns);
void kt_udelay(unsigned long us);
KT_END

static inline void usleep_range(unsigned long min, unsigned long max)
{
	usleep_range_state(min, max, TASK_UNINTERRUPTIBLE);
}

static inline void usleep_idle_range(unsigned long min, unsigned long max)
{
	usleep_range_state(min, max, __KT_TASK_IDLE);
}

static inline void ssleep(unsigned int seconds)
{
	msleep(seconds * 1000);
}

#if KT_SINCE(5, 8)
static inline void fsleep(unsigned long us)
{
	if (us <= 10)
		kt_udelay(us);
	else if (us <= 20000)
		usleep_range(us, 2 * us);
	else
		msleep((unsigned int)DIV_ROUND_UP(us, 1000));
}
#endif

/* Records the caller's place. */
#define msleep(...) msleep(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define msleep_interruptible(...) msleep_interruptible(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define usleep_range_state(...) usleep_range_state(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define usleep_range(...) usleep_range(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define usleep_idle_range(...) usleep_idle_range(__VA_OPT__(__kt_here(__VA_ARGS__)))
#define ssleep(...) ssleep(__VA_OPT__(__kt_here(__VA_ARGS__)))
#if KT_SINCE(5, 8)
#define fsleep(...) fsleep(__VA_OPT__(__kt_here(__VA_ARGS__)))
#endif

#define ndelay(ns) kt_ndelay(ns)
#define udelay(us) kt_udelay(us)
#define mdelay(ms) kt_udelay((unsigned long)(ms) * 1000)

#endif

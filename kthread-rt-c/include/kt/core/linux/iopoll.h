/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Reads repeatedly until a condition is true. Returns 0, or -ETIMEDOUT. */
#ifndef KT_CORE_LINUX_IOPOLL_H
#define KT_CORE_LINUX_IOPOLL_H

#include <kt/core/asm/processor.h>
#include <kt/core/linux/delay.h>
#include <kt/core/linux/errno.h>
#include <kt/core/linux/io.h>
#include <kt/core/linux/kernel.h>
#include <kt/core/linux/ktime.h>
#include <kt/core/linux/timekeeping.h>
#include <kt/core/linux/types.h>

/* Reads once more after the timeout: the caller may have been preempted. */
#define __kt_poll_timeout(op, val, cond, pause, timeout_us, args...) \
	({ \
		u64 __kt_limit = (timeout_us); \
		ktime_t __kt_end = ktime_add_us(ktime_get(), __kt_limit); \
		for (;;) { \
			(val) = op(args); \
			if (cond) \
				break; \
			if (__kt_limit && ktime_compare(ktime_get(), __kt_end) > 0) { \
				(val) = op(args); \
				break; \
			} \
			pause; \
			cpu_relax(); \
		} \
		(cond) ? 0 : -ETIMEDOUT; \
	})

#define __kt_poll_sleep(us) do { if (us) usleep_range(((us) >> 2) + 1, us); } while (0)
#define __kt_poll_delay(us) do { if (us) udelay(us); } while (0)

#define read_poll_timeout(op, val, cond, sleep_us, timeout_us, sleep_before_read, args...) \
	({ \
		unsigned long __kt_sleep = (sleep_us); \
		might_sleep_if(__kt_sleep != 0); \
		if (sleep_before_read) \
			__kt_poll_sleep(__kt_sleep); \
		__kt_poll_timeout(op, val, cond, __kt_poll_sleep(__kt_sleep), timeout_us, args); \
	})
#define read_poll_timeout_atomic(op, val, cond, delay_us, timeout_us, delay_before_read, args...) \
	({ \
		unsigned long __kt_delay = (delay_us); \
		if (delay_before_read) \
			__kt_poll_delay(__kt_delay); \
		__kt_poll_timeout(op, val, cond, __kt_poll_delay(__kt_delay), timeout_us, args); \
	})
#define readx_poll_timeout(op, addr, val, cond, sleep_us, timeout_us) \
	read_poll_timeout(op, val, cond, sleep_us, timeout_us, false, addr)
#define readx_poll_timeout_atomic(op, addr, val, cond, delay_us, timeout_us) \
	read_poll_timeout_atomic(op, val, cond, delay_us, timeout_us, false, addr)
#define readb_poll_timeout(addr, val, cond, sleep_us, timeout_us) readx_poll_timeout(readb, addr, val, cond, sleep_us, timeout_us)
#define readw_poll_timeout(addr, val, cond, sleep_us, timeout_us) readx_poll_timeout(readw, addr, val, cond, sleep_us, timeout_us)
#define readl_poll_timeout(addr, val, cond, sleep_us, timeout_us) readx_poll_timeout(readl, addr, val, cond, sleep_us, timeout_us)
#define readq_poll_timeout(addr, val, cond, sleep_us, timeout_us) readx_poll_timeout(readq, addr, val, cond, sleep_us, timeout_us)
#define readl_poll_timeout_atomic(addr, val, cond, delay_us, timeout_us) \
	readx_poll_timeout_atomic(readl, addr, val, cond, delay_us, timeout_us)
#define readl_relaxed_poll_timeout(addr, val, cond, sleep_us, timeout_us) \
	readx_poll_timeout(readl_relaxed, addr, val, cond, sleep_us, timeout_us)
#define readl_relaxed_poll_timeout_atomic(addr, val, cond, delay_us, timeout_us) \
	readx_poll_timeout_atomic(readl_relaxed, addr, val, cond, delay_us, timeout_us)

#endif

/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* BUG and WARN. */
#ifndef KT_CORE_LINUX_BUG_H
#define KT_CORE_LINUX_BUG_H

#include <kt/core/linux/build_bug.h>
#include <kt/core/linux/compiler.h>
#include <kt/core/linux/printk.h>

KT_BEGIN
/* An oops of the calling task: it ends, other tasks go on. */
void kt_bug(const char *file, int line, const char *function) __noreturn;
void kt_warn(const char *file, int line, const char *function);
KT_END

#define BUG() kt_bug(__FILE__, __LINE__, __func__)
#define BUG_ON(condition) do { if (unlikely(condition)) BUG(); } while (0)

#define WARN(condition, fmt, ...) \
	({ \
		bool __kt_warn = !!(condition); \
		if (unlikely(__kt_warn)) { \
			kt_warn(__FILE__, __LINE__, __func__); \
			printk(KERN_WARNING fmt, ##__VA_ARGS__); \
		} \
		unlikely(__kt_warn); \
	})
#define WARN_ON(condition) \
	({ \
		bool __kt_warn = !!(condition); \
		if (unlikely(__kt_warn)) \
			kt_warn(__FILE__, __LINE__, __func__); \
		unlikely(__kt_warn); \
	})
#define WARN_ON_ONCE(condition) \
	({ \
		bool __kt_warn_once = !!(condition); \
		if (unlikely(__kt_warn_once)) \
			__kt_once(kt_warn(__FILE__, __LINE__, __func__)); \
		unlikely(__kt_warn_once); \
	})
#define WARN_ONCE(condition, fmt, ...) \
	({ \
		bool __kt_warn_once = !!(condition); \
		if (unlikely(__kt_warn_once)) \
			__kt_once(({ kt_warn(__FILE__, __LINE__, __func__); printk(KERN_WARNING fmt, ##__VA_ARGS__); })); \
		unlikely(__kt_warn_once); \
	})
#define WARN_TAINT(condition, taint, fmt, ...) WARN(condition, fmt, ##__VA_ARGS__)

#endif

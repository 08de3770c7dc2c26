/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Things done once. */
#ifndef KT_CORE_LINUX_ONCE_H
#define KT_CORE_LINUX_ONCE_H

#include <kt/core/linux/printk.h>

/* Calls a function the first time only. A second caller does not wait for the first. */
#define DO_ONCE(func, ...) __kt_once(func(__VA_ARGS__))
/* Returns whether the condition is true, not whether the function was called. */
#define DO_ONCE_LITE_IF(condition, func, ...) \
	({ \
		bool __kt_is_true = !!(condition); \
		if (__kt_is_true) \
			(void)__kt_once(func(__VA_ARGS__)); \
		__kt_is_true; \
	})
#define DO_ONCE_LITE(func, ...) DO_ONCE_LITE_IF(true, func, ##__VA_ARGS__)

#endif
